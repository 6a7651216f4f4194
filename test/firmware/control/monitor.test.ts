import { test } from 'tap';
import { controlCommands } from '../../../firmware/control/commands.ts';
import { Monitor } from '../../../firmware/control/monitor.ts';
import type { Became } from '../../../firmware/control/requests.ts';
import { vetoOf } from '../../../firmware/control/veto.ts';
import type { MonotonicMs } from '../../../hal/units.ts';
import type { State } from '../../../state-machine/state.ts';
import { World } from '../../state-machine/world.ts';
import { HandClock } from '../../support/hand-clock.ts';

const identity = { merchant: '示例便利店', branch: '测试路店', terminalId: '00000001', hotline: '95516' };

const monitor = () => {
  const clock = new HandClock();
  return { clock, it: new Monitor({ clock, build: '0.1.0-abc', identity, language: 'en' }) };
};

const of = (state: State) => ({ state, workingSince: undefined });

test('the status tells how the terminal stands, and no card but as the display shows it (M9)', (t) => {
  const { it } = monitor();
  const { state } = new World().start().signOn().upToPin().pin().authorised();
  const status = it.status(of(state));
  t.match(status, {
    build: '0.1.0-abc',
    terminalId: '00000001',
    phase: 'printingMerchant',
    signedOn: true,
    transactions: 1,
    open: { kind: 'sale', status: 'approved' },
    healthy: true,
    veto: 'a transaction is under way',
  });
  t.notMatch(JSON.stringify(status), /sealed|hash|622200/i);
  t.end();
});

test('another build waits for what is open, and for who is at the keys', (t) => {
  const idle = new World().start().signOn();
  t.equal(vetoOf(idle.state), undefined);
  t.equal(vetoOf(new World().start().signOn().keys('menu').state), 'somebody is at the keys');
  t.equal(vetoOf(new World().start().signOn().upToPin().pin().state), 'a transaction is under way');
  const reversing = new World().start().signOn().upToPin().pin().authorised({ outcome: 'badMac' });
  t.equal(vetoOf(reversing.state), 'a reversal is open');
  t.equal(vetoOf(reversing.reversalAnswered().state), 'somebody is at the keys', 'its slip is printed');
  const settling = new World()
    .start()
    .signOn()
    .upToPin()
    .pin()
    .authorised()
    .printed()
    .keys('enter')
    .printed()
    .keys('enter');
  t.equal(vetoOf(settling.keys('menu', '7', '5', 'enter').state), 'a settlement is under way');
  t.end();
});

test('a device is lost and found again, and its fault is kept until it does well', (t) => {
  const { it } = monitor();
  const { state } = new World().start().signOn();
  const fault = { device: 'keypad', code: 'unplugged', where: '/dev/ttyS1', what: 'w', remedy: 'r' } as const;
  const keypad = (online: boolean) => {
    const offline = online ? [] : (['keypad'] as const);
    return it.status(of({ ...state, offline })).devices.find(({ device }) => device === 'keypad');
  };
  t.strictSame(keypad(true), { device: 'keypad', online: true, faults: 0 });
  it.hear({ type: 'fault', fault });
  t.match(keypad(false), { online: false, faults: 1, fault: { what: 'w', remedy: 'r' } });
  it.hear({ type: 'online', device: 'keypad' });
  t.strictSame(keypad(true), { device: 'keypad', online: true, faults: 1 });
  t.end();
});

test('it is unwell by a bug, by a fact that gets nowhere, by an outcome that never comes; else it is well', (t) => {
  const { it, clock } = monitor();
  const { state } = new World().start().signOn();
  t.equal(it.ailment({ state: undefined, workingSince: undefined }), undefined);
  t.equal(it.ailment(of(state)), undefined);
  t.match(it.ailment(of({ ...state, phase: { name: 'outOfService', why: 'bug' } })), /bug/);
  t.equal(
    it.ailment(of({ ...state, phase: { name: 'outOfService', why: 'storage' } })),
    undefined,
    'a person must act',
  );
  const workingSince = clock.monotonic();
  clock.advance(30_000);
  t.equal(it.ailment({ state, workingSince }), undefined);
  clock.advance(1);
  t.match(it.ailment({ state, workingSince }), /disk/);
  t.equal(it.ailment({ state, workingSince: clock.monotonic() as MonotonicMs }), undefined);
  const waiting = new World().start().signOn().upToPin().pin().state;
  clock.advance(15 * 60_000);
  t.match(it.ailment(of(waiting)), /authorising has no outcome/);
  t.end();
});

test('a settlement and a next try need to know who asks; what the machine refuses is told in words', async (t) => {
  const { it } = monitor();
  const told: unknown[] = [];
  let became: Became = 'begun';
  let state: State | undefined;
  const commands = controlCommands({
    monitor: it,
    monitored: () => ({ state, workingSince: undefined }),
    standDown: () => undefined,
    request: (happening) => {
      told.push(happening);
      return Promise.resolve(became);
    },
  });
  const ask = (command: string, by?: string) => commands[command]?.(() => undefined, new AbortController().signal, by);
  t.match(await ask('settle', 'tech (7)'), { ok: false, why: /starting/ });
  state = new World().start().signOn().state;
  t.match(await ask('settle'), { ok: false, why: /not known who asks/ });
  t.strictSame(told, []);
  t.match(await ask('settle', 'tech (7)'), { ok: true, answer: { phase: 'idle' } });
  t.match(await ask('reversal-retry', 'tech (7)'), { ok: true });
  t.strictSame(told, [
    { type: 'settlementAsked', by: 'tech (7)' },
    { type: 'reversalAsked', by: 'tech (7)' },
  ]);
  became = 'nothingToSettle';
  t.strictSame(await ask('settle', 'tech (7)'), { ok: false, why: 'there is nothing to settle: idle' });
});

test('standing down is refused with the reason, or done at once', async (t) => {
  const { it } = monitor();
  let downs = 0;
  let state: State | undefined;
  let workingSince: MonotonicMs | undefined;
  const commands = controlCommands({
    monitor: it,
    monitored: () => ({ state, workingSince }),
    standDown: () => (downs += 1),
    request: () => Promise.resolve('begun'),
  });
  const standDown = () => commands['stand-down']?.(() => undefined, new AbortController().signal);
  t.match(standDown(), { ok: false, why: /starting/ });
  state = new World().start().signOn().upToPin().state;
  t.strictSame(standDown(), { ok: false, why: 'somebody is at the keys' });
  t.equal(downs, 0);
  state = new World().start().signOn().state;
  workingSince = 1 as MonotonicMs;
  t.strictSame(standDown(), { ok: false, why: 'it is at work' });
  t.equal(downs, 0);
  workingSince = undefined;
  t.strictSame(standDown(), { ok: true, answer: { build: 'not bundled' } });
  t.equal(downs, 1);
  state = new World()
    .start()
    .signOn()
    .upToPin()
    .pin()
    .authorised({ outcome: 'declined', responseCode: '51' })
    .keys('enter').state;
  const settled = () => commands['stand-down-settled']?.(() => undefined, new AbortController().signal);
  t.match(settled(), { ok: false, why: /batch is not settled/ }, 'where the data get another format');
  t.match(standDown(), { ok: true });
  state = new World().start().signOn().state;
  t.match(settled(), { ok: true });
  t.end();
});
