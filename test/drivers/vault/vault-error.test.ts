import { test } from 'tap';
import { VaultError, vaultError } from '../../../drivers/vault/vault-error.ts';
import { systemError } from '../storage/sim-disk.ts';

test('errors of the system are told in words', (t) => {
  const faults = {
    ENOENT: 'missing',
    ENOTDIR: 'missing',
    EACCES: 'denied',
    EPERM: 'denied',
    EIO: 'failed',
    ENOSPC: 'failed',
  };
  for (const [code, fault] of Object.entries(faults)) {
    t.match(vaultError('/key', systemError(code, 'open')), { name: 'VaultError', fault, where: '/key' }, code);
  }
  t.end();
});

test('a bug passes as it is, and so does what is told already', (t) => {
  const bug = new TypeError('bug');
  t.equal(vaultError('/key', bug), bug);
  const told = new VaultError('altered', '/key', 'What.', 'Remedy.');
  t.equal(vaultError('/other', told), told);
  t.equal(told.message, '/key: What. Remedy.');
  t.end();
});
