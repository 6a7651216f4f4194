import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type TlsOptions } from 'node:tls';
import { type Test, test } from 'tap';
import type { Frame } from '../../../drivers/acquirer/frame.ts';
import { Link } from '../../../drivers/acquirer/link.ts';
import { dialTls, type TlsSettings } from '../../../drivers/acquirer/tls-dial.ts';
import { certificate, ownCertificate } from '../../support/certificates.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { answers, bytes, hexOf, plain, requests } from './literal-frames.ts';

const limits = { connectMs: 5_000, answerMs: 30_000, lingerMs: 0 };

/** An acquirer that answers each echo test, and what it got. */
const peer = async (t: Test, options: TlsOptions) => {
  const got: string[] = [];
  const server = createServer(options, (socket) => {
    socket.on('data', (data: Buffer) => {
      got.push(hexOf(data));
      socket.write(bytes(answers.echoed));
    });
    socket.on('error', () => undefined);
  });
  server.on('tlsClientError', () => undefined);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const ask = async (tls: TlsSettings) => {
    const link = new Link(
      { host: '127.0.0.1', port, connectTimeoutMs: 5_000 },
      new HandClock(),
      dialTls(tls),
      () => undefined,
    );
    t.teardown(() => link.close());
    return link.exchange(bytes(requests.echo), (frame: Frame) => hexOf(frame.message), limits);
  };
  return { got, ask };
};

const ca = certificate('authority');
const pinOf = (name: string): string => {
  const { publicKey } = new X509Certificate(certificate(name));
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
};
const answered = { ended: 'answered', answer: plain(answers.echoed).slice(26) };

test('an acquirer that the authority vouches for, or whose key is the pinned one, is spoken to', async (t) => {
  const { ask, got } = await peer(t, ownCertificate('acquirer'));
  t.strictSame(await ask({ ca }), answered);
  t.strictSame(await ask({ ca, serverName: 'acquirer.test' }), answered);
  t.strictSame(await ask({ pin: pinOf('acquirer') }), answered);
  t.strictSame(await ask({ pin: pinOf('acquirer').toUpperCase(), ca }), answered);
  t.strictSame(got, Array(4).fill(plain(requests.echo)));
});

test('whoever can not prove to be the acquirer gets not a byte', async (t) => {
  const refused = { ended: 'notSent', fault: { code: 'denied', what: /nothing was sent/ } };
  for (const [name, tls] of [
    ['other-acquirer', { ca }],
    ['other-name', { ca }],
    ['acquirer', { ca, serverName: 'somebody.test' }],
    ['other-acquirer', { pin: pinOf('acquirer') }],
    ['acquirer', { ca, pin: pinOf('other-acquirer') }],
    ['acquirer', {}],
  ] as const) {
    const { ask, got } = await peer(t, ownCertificate(name));
    t.match(await ask(tls), refused, `${name} ${Object.keys(tls).join()}`);
    t.strictSame(got, []);
  }
});

test('TLS before 1.2, and a peer that speaks none, are refused with nothing sent', async (t) => {
  const old = await peer(t, {
    ...ownCertificate('acquirer'),
    minVersion: 'TLSv1',
    maxVersion: 'TLSv1.1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  });
  t.match(await old.ask({ ca }), { ended: 'notSent', fault: { code: 'notSuitable', what: /do not agree on TLS/ } });
  t.strictSame(old.got, []);
});

test('an acquirer that asks who the terminal is gets its certificate', async (t) => {
  const demanding = {
    ...ownCertificate('acquirer'),
    ca: certificate('authority'),
    requestCert: true,
    rejectUnauthorized: true,
  };
  const { ask, got } = await peer(t, demanding);
  const own = { certificate: certificate('terminal'), key: certificate('terminal.key') };
  t.strictSame(await ask({ ca, ...own }), answered);
  t.not((await ask({ ca })).ended, 'answered', 'and without one there is no answer');
  t.equal(got.length, 1);
});
