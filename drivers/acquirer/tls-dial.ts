import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { type Dial, eachAddressMs, type Stream } from './link.ts';
import { wrongPin } from './link-faults.ts';

/** By what the acquirer is known, and the terminal to it. Certificates and keys are PEM. */
export interface TlsSettings {
  /** Who may vouch for the acquirer's certificate. Without it and without a pin: those that Node knows. */
  readonly ca?: string;
  /**
   * SHA-256 of the acquirer's public key (SPKI in DER), 64 hex digits: no other key is taken. With `ca` both must be
   * right; without it the pin alone counts, whoever signed.
   */
  readonly pin?: string;
  /** The name that the certificate must be for; the host when not given. */
  readonly serverName?: string;
  /** What the terminal shows of itself, where the acquirer asks for it. */
  readonly certificate?: string;
  readonly key?: string;
}

/**
 * A TCP connection under TLS 1.2 or later. It counts as standing only once the acquirer has proved who it is: before
 * that not a byte of a request leaves.
 */
export const dialTls =
  ({ ca, pin, serverName, certificate, key }: TlsSettings): Dial =>
  ({ host, port, connectTimeoutMs }) => {
    const name = serverName ?? host;
    const options: ConnectionOptions & { autoSelectFamilyAttemptTimeout: number } = {
      host,
      port,
      minVersion: 'TLSv1.2',
      rejectUnauthorized: ca !== undefined || pin === undefined,
      autoSelectFamilyAttemptTimeout: eachAddressMs(connectTimeoutMs),
      // An address is no server name for the hello, but the certificate must be for it all the same.
      ...(isIP(name) === 0 && { servername: name }),
      ...(ca !== undefined && { ca }),
      ...(certificate !== undefined && { cert: certificate }),
      ...(key !== undefined && { key }),
    };
    const socket = connect(options);
    socket.setNoDelay(true);
    return new TlsStream(socket, pin);
  };

const keyOf = (socket: TLSSocket): string | undefined => {
  const publicKey = socket.getPeerX509Certificate()?.publicKey;
  return (
    publicKey &&
    createHash('sha256')
      .update(publicKey.export({ type: 'spki', format: 'der' }))
      .digest('hex')
  );
};

class TlsStream implements Stream {
  readonly #socket: TLSSocket;
  readonly #pin: string | undefined;

  constructor(socket: TLSSocket, pin: string | undefined) {
    this.#socket = socket;
    this.#pin = pin?.toLowerCase();
  }

  on(event: string, listener: (argument: never) => void): unknown {
    if (event !== 'connect') return this.#socket.on(event, listener as (...args: unknown[]) => void);
    return this.#socket.on('secureConnect', () => {
      if (this.#pin === undefined || keyOf(this.#socket) === this.#pin) {
        (listener as () => void)();
        return;
      }
      this.#socket.destroy(Object.assign(new Error('the key is not the pinned one'), { code: wrongPin }));
    });
  }

  once(event: 'close', listener: () => void): unknown {
    return this.#socket.once(event, listener);
  }

  write(bytes: Uint8Array, taken: () => void): unknown {
    return this.#socket.write(bytes, () => taken());
  }

  destroy(): unknown {
    return this.#socket.destroy();
  }
}
