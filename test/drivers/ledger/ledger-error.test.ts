import { test } from 'tap';
import { decisive, LedgerError, refusable } from '../../../drivers/ledger/ledger-error.ts';
import { systemError } from '../storage/sim-disk.ts';

const thrownBy = (step: () => unknown): unknown => {
  try {
    step();
  } catch (error) {
    return error;
  }
  throw new Error('it did not throw');
};
const throwing = (error: unknown) => () => {
  throw error;
};

const words = {
  ENOENT: ['missing', /not there/, /Mount/],
  ENOTDIR: ['missing', /not there/, /provision/],
  EACCES: ['denied', /may not use/, /owner/],
  EPERM: ['denied', /may not use/, /owner/],
  ENOSPC: ['failed', /no space left/, /Free space/],
  EDQUOT: ['failed', /no space left/, /Free space/],
  EROFS: ['failed', /read-only/, /dmesg/],
  EIO: ['failed', /failed \(EIO\)/, /off and on/],
} as const;

for (const [code, [fault, what, remedy]] of Object.entries(words)) {
  test(`${code} is told in words`, async (t) => {
    const full = ['ENOSPC', 'EDQUOT', 'EROFS'].includes(code);
    const expected = { fault: { device: 'ledger', code: fault, where: '/ledger', what, remedy } };
    const step = throwing(systemError(code, 'test'));
    t.match(
      thrownBy(() => refusable('/ledger', step)),
      { ...expected, result: full ? 'refused' : 'failed' },
    );
    const decided = await decisive('/ledger', step).catch((error: unknown) => error);
    t.match(decided, { ...expected, result: 'failed' });
    t.match(String(decided), what);
  });
}

test('a bug passes as it is, and so does an error that is told already', async (t) => {
  const bug = new TypeError('bug');
  t.equal(
    thrownBy(() => refusable('/ledger', throwing(bug))),
    bug,
  );
  const told = thrownBy(() => refusable('/ledger', throwing(systemError('ENOSPC', 'write'))));
  t.type(told, LedgerError);
  t.equal(await decisive('/other', throwing(told)).catch((error: unknown) => error), told);
});
