import type { DeviceFault, DeviceFaultCode } from '../../hal/device.ts';

/** What can be wrong with the line to the acquirer, in words for the person who has to mend it. */
export type LinkFault =
  | 'unknownHost'
  | 'noName'
  | 'refused'
  | 'unreachable'
  | 'denied'
  | 'untrusted'
  | 'expired'
  | 'noTls'
  | 'noConnection'
  | 'noAnswer'
  | 'closed'
  | 'reset'
  | 'garbage'
  | 'released'
  | 'notSignedOn'
  | 'otherPinBlock'
  | 'errorAnswer'
  | 'failed';

const faults: Readonly<Record<LinkFault, { code: DeviceFaultCode; what: string; remedy: string }>> = {
  unknownHost: {
    code: 'missing',
    what: "The acquirer's host name is not known.",
    remedy: 'Correct the host in the configuration, or the name server of the network.',
  },
  noName: {
    code: 'silent',
    what: "The name server did not answer for the acquirer's host.",
    remedy: 'Check the network and its name server, or configure the address itself.',
  },
  refused: {
    code: 'missing',
    what: 'The host is there, but nothing takes connections at this port.',
    remedy: "Correct the port in the configuration, or ask the acquirer's service desk.",
  },
  unreachable: {
    code: 'unplugged',
    what: 'No way leads to the acquirer.',
    remedy: "Check the network cable, the SIM card or the router, and the host's address in the configuration.",
  },
  denied: {
    code: 'denied',
    what: 'This system does not let the connection out.',
    remedy: 'Open the address and port in the firewall.',
  },
  untrusted: {
    code: 'denied',
    what: 'Who answers there can not prove to be the acquirer; nothing was sent',
    remedy:
      'Correct host, authority or pin in the configuration (acquirer.tls); never trade over this network until it is clear.',
  },
  expired: {
    code: 'denied',
    what: "The acquirer's certificate is not valid at the terminal's date; nothing was sent.",
    remedy: "Correct the terminal's date; if it is right, ask the acquirer's service desk for a valid certificate.",
  },
  noTls: {
    code: 'notSuitable',
    what: 'The two sides do not agree on TLS',
    remedy: "Check the port and acquirer.tls in the configuration, then ask the acquirer's service desk.",
  },
  noConnection: {
    code: 'silent',
    what: 'The acquirer could not be reached in time.',
    remedy: "Check the network and the firewall, and the host's address in the configuration.",
  },
  noAnswer: {
    code: 'silent',
    what: 'The acquirer took the request and did not answer in time.',
    remedy: "Wait; if it lasts, ask the acquirer's service desk.",
  },
  closed: {
    code: 'unplugged',
    what: 'The acquirer closed the connection without a whole answer.',
    remedy: "Check TPDU, terminal and merchant number in the configuration, then ask the acquirer's service desk.",
  },
  reset: {
    code: 'unplugged',
    what: 'The connection broke before an answer came.',
    remedy: 'Check the network; the line is taken up again by itself.',
  },
  garbage: {
    code: 'babbling',
    what: 'What answers at this address is not the acquirer',
    remedy: 'Correct host and port in the configuration; on a public network, sign in to it first.',
  },
  released: {
    code: 'unplugged',
    what: 'The terminal is shutting the line down.',
    remedy: 'Start the terminal again.',
  },
  notSignedOn: {
    code: 'denied',
    what: 'The terminal has not signed on since it started, so it has no working keys.',
    remedy: 'Sign on first (签到).',
  },
  otherPinBlock: {
    code: 'notSuitable',
    what: "The PIN pad does not encrypt PINs with the cipher of the acquirer's keys; nothing was sent.",
    remedy: 'Correct acquirer.keySuite in the configuration, or take a PIN pad that knows the cipher.',
  },
  errorAnswer: {
    code: 'failed',
    what: 'The acquirer refused the echo test',
    remedy: "Check terminal and merchant number in the configuration, then ask the acquirer's service desk.",
  },
  failed: {
    code: 'failed',
    what: 'The connection failed',
    remedy: 'Check the network; the line is taken up again by itself.',
  },
};

/** @param detail ends the sentence of what happened; never anything that was sent or received */
export const linkFault = (fault: LinkFault, where: string, detail?: string): DeviceFault => {
  const { code, what, remedy } = faults[fault];
  return { device: 'acquirer', code, where, what: detail === undefined ? what : `${what}: ${detail}.`, remedy };
};

const errnoFaults: Readonly<Record<string, LinkFault>> = {
  ENOTFOUND: 'unknownHost',
  EAI_AGAIN: 'noName',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENETDOWN: 'unreachable',
  EHOSTDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  EACCES: 'denied',
  EPERM: 'denied',
  ETIMEDOUT: 'noConnection',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'expired',
};

/** Our own code, of a key that isn't the pinned one. */
export const wrongPin = 'ERR_SLIPSAFE_TLS_PIN';

/** Node's and OpenSSL's codes for a certificate that isn't believed. */
const isUntrusted = (code: string): boolean =>
  code === wrongPin ||
  code === 'ERR_TLS_CERT_ALTNAME_INVALID' ||
  /^(?:CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_CA|HOSTNAME_MISMATCH)/.test(code);

/** The fault behind a socket's error. */
export const socketFault = (error: NodeJS.ErrnoException, where: string): DeviceFault => {
  const { code = '' } = error;
  const fault = errnoFaults[code];
  if (fault !== undefined) return linkFault(fault, where);
  if (isUntrusted(code)) return linkFault('untrusted', where, code);
  if (/^(?:ERR_SSL_|ERR_TLS_|EPROTO$)/.test(code)) return linkFault('noTls', where, code);
  return linkFault('failed', where, code === '' ? error.name : code);
};
