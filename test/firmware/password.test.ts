import { test } from 'tap';
import { checkPassword, hashPassword } from '../../firmware/password.ts';

test('a password is known by its hash only, and two hashes of it differ', async (t) => {
  const [first, second] = await Promise.all([hashPassword('20260101'), hashPassword('20260101')]);
  t.not(first, second);
  t.notMatch(first, /20260101/);
  t.equal(await checkPassword('20260101', first), true);
  t.equal(await checkPassword('20260101', second), true);
  t.equal(await checkPassword('20260102', first), false);
  t.equal(await checkPassword('', first), false);
});

test('what is no hash fits no password', async (t) => {
  for (const stored of ['', 'plain', 'scrypt$', 'scrypt$AA', 'md5$AA$AA']) {
    t.equal(await checkPassword('plain', stored), false, stored);
  }
});
