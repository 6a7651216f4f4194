import { test } from 'tap';
import { linkFault, socketFault } from '../../../drivers/acquirer/link-faults.ts';

const errorOf = (code: string): NodeJS.ErrnoException => Object.assign(new Error(code), { code });

test('each error of a socket has a code and words', async (t) => {
  const rows = {
    ENOTFOUND: 'missing',
    EAI_AGAIN: 'silent',
    ECONNREFUSED: 'missing',
    EHOSTUNREACH: 'unplugged',
    ENETUNREACH: 'unplugged',
    EACCES: 'denied',
    ETIMEDOUT: 'silent',
    ECONNRESET: 'unplugged',
    EPIPE: 'unplugged',
    EMFILE: 'failed',
  };
  for (const [code, wanted] of Object.entries(rows)) {
    const fault = socketFault(errorOf(code), 'pos.example:5000');
    t.match(fault, { device: 'acquirer', code: wanted, where: 'pos.example:5000' });
    t.match(fault.what, /^[A-Z].+\.$/);
    t.match(fault.remedy, /^[A-Z].+\.$/);
  }
  t.match(socketFault(errorOf('EMFILE'), 'x').what, /EMFILE/, 'an error that is not known is named');
  t.match(socketFault(new TypeError('odd'), 'x').what, /TypeError/);
});

test('a detail ends the sentence', async (t) => {
  t.match(linkFault('garbage', 'x', 'it sent a frame').what, /: it sent a frame\.$/);
});
