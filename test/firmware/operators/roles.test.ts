import { test } from 'tap';
import { isOperatorId, mayManage, passwordFlaw, passwordRules, roleOf } from '../../../firmware/operators/roles.ts';

test('the number says who it is: 00 the supervisor, 99 the administrator, all others clerks', async (t) => {
  t.strictSame(['00', '01', '20', '98', '99'].map(roleOf), ['supervisor', 'clerk', 'clerk', 'clerk', 'administrator']);
  t.strictSame(['00', '7', '007', 'ab', ''].map(isOperatorId), [true, false, false, false, false]);
});

test('each manages those below, and nobody himself or his like', async (t) => {
  const may = ['01', '00', '99'].map((by) => ['02', '00', '99'].filter((id) => mayManage(by, id)));
  t.strictSame(may, [[], ['02'], ['02', '00']]);
});

test('a password has more digits the more it opens, and is none of those that everybody knows (004-05)', async (t) => {
  const { clerk, supervisor, administrator } = passwordRules;
  t.ok(clerk.least < supervisor.least && supervisor.least < administrator.least);
  t.strictSame(
    ['123', '1235', '1234567890123', '12 4'].map((each) => passwordFlaw('clerk', each)),
    ['tooShort', undefined, 'tooLong', 'notDigits'],
  );
  t.equal(passwordFlaw('supervisor', '12357'), 'tooShort');
  t.equal(passwordFlaw('supervisor', '123579'), undefined);
  t.equal(passwordFlaw('administrator', '1235790'), 'tooShort');
  t.equal(passwordFlaw('administrator', '12357901'), undefined);
  for (const known of ['0000', '123456', '12345678']) t.equal(passwordFlaw('clerk', known), 'isInitial', known);
});
