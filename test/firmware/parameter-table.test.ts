import { test } from 'tap';
import { checkConfiguration } from '../../firmware/configuration.ts';
import { type Content, parametersOf, valueAt, valueIn, withValue } from '../../firmware/parameter-table.ts';
import { smallest } from './smallest.ts';

const content: Content = smallest();
const of = (key: string, from: Content = content) => parametersOf(from).find((each) => each.key === key);

test('each key of the schema is told once, with what it may be, its default, unit and description', async (t) => {
  const keys = parametersOf(content).map(({ key }) => key);
  t.equal(new Set(keys).size, keys.length);
  t.match(of('timers.cardMs'), { kind: 'number', low: 1000, high: 600_000, default: 60_000, unit: 'ms' });
  t.match(of('policy.twinMinutes'), {
    low: 0,
    high: 60,
    default: 10,
    unit: 'min',
    description: /same card and amount/,
  });
  t.match(of('slip.copies'), { kind: 'choice', options: [1, 2], default: 2 });
  t.match(of('policy.refundBeyondNet'), { kind: 'boolean', default: true });
  t.match(of('timers.retryMs'), { kind: 'numbers', default: [5_000, 10_000, 20_000, 40_000, 60_000] });
  t.match(of('acquirer.tls.ca'), { kind: 'text' });
  t.equal(of('merchant.name')?.default, undefined);
  t.strictSame(
    parametersOf(content)
      .filter(({ isSecret }) => isSecret)
      .map(({ key }) => key),
    ['supervisor.passwordHash'],
  );
});

test('the defaults told are those that a check gives', async (t) => {
  const checked = checkConfiguration(content, '/etc/slipsafe');
  if (!checked.valid) throw new Error(checked.errors.join());
  const isMadeUp = (key: string) => /^(?:storage|supervisor)\.|^control\.socket$/.test(key);
  const told = parametersOf(content).filter((each) => each.default !== undefined && !isMadeUp(each.key));
  t.ok(told.length > 50);
  for (const each of told) t.strictSame(valueAt(checked.configuration, each.key), each.default, each.key);
});

test("a device has the keys of its driver, and no other's", async (t) => {
  t.match(of('keypad.driver'), { kind: 'choice', options: ['serial', 'hid'] });
  t.ok(of('keypad.port.baudRate'));
  t.notOk(of('keypad.vendorId'));
  const hid = withValue(content, 'keypad.driver', 'hid');
  t.ok(of('keypad.vendorId', hid));
  t.notOk(of('keypad.port.path', hid));
  t.ok(of('keypad.driver', {}), 'a file that lacks the device can still be mended');
});

test('a value is the one of the file, or else the default; put in and taken out the rest stays as it is', async (t) => {
  const card = of('timers.cardMs');
  if (card === undefined) throw new Error('no such key');
  t.equal(valueIn(content, card), 60_000);
  const quicker = withValue(content, card.key, 5000);
  t.equal(valueIn(quicker, card), 5000);
  t.strictSame(withValue(quicker, card.key, undefined), content, 'a group that is left empty goes too');
  const port = withValue(content, 'keypad.port.baudRate', 19_200);
  t.strictSame(Object.keys(port), Object.keys(content), 'in its place');
  t.equal(valueAt(port, 'keypad.port.path'), '/dev/ttyS1');
  t.equal(valueAt(content, 'toString.name'), undefined);
});
