import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'tap';
import { ConfiguredFileError, readTls } from '../../firmware/tls-files.ts';
import { certificate, certificatePath } from '../support/certificates.ts';

test('the files of acquirer.tls are read', async (t) => {
  const ca = certificatePath('authority');
  t.strictSame(readTls({ ca, serverName: 'acquirer.test' }), {
    ca: certificate('authority'),
    serverName: 'acquirer.test',
  });
  const own = { certificate: certificatePath('terminal'), key: certificatePath('terminal.key') };
  t.strictSame(readTls({ ...own, pin: 'ab'.repeat(32) }), {
    certificate: certificate('terminal'),
    key: certificate('terminal.key'),
    pin: 'ab'.repeat(32),
  });
});

test('a file that can not be used is named with its key, and nothing of it is told', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'slipsafe-tls-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const broken = join(folder, 'broken.pem');
  writeFileSync(broken, '-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n-----END PRIVATE KEY-----\n');
  const terminal = certificatePath('terminal');
  for (const [tls, what] of [
    [{ ca: join(folder, 'none.pem') }, /^acquirer\.tls\.ca: .*none\.pem: there is no such file$/],
    [{ ca: broken }, /^acquirer\.tls\.ca: .*broken\.pem: it holds no certificate in PEM$/],
    [{ certificate: terminal, key: broken }, /^acquirer\.tls\.key: .*: it holds no private key in PEM$/],
    [{ certificate: terminal, key: certificatePath('acquirer.key') }, /it is not the key of the certificate$/],
    [{ certificate: terminal }, /certificate and key go together/],
  ] as const) {
    t.throws(() => readTls(tls), { constructor: ConfiguredFileError, message: what });
  }
});
