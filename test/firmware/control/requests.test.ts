import { test } from 'tap';
import { type Became, Requests } from '../../../firmware/control/requests.ts';
import type { Report } from '../../../firmware/runtime.ts';
import type { Event, Happening } from '../../../state-machine/events.ts';
import { World } from '../../state-machine/world.ts';

const wish: Happening = { type: 'settlementAsked', by: 'tech' };
const { state } = new World();
const event = (id: string, type = 'settlementAsked') => ({ type, id }) as Event;
const stepped = (told: Event): Report => ({ type: 'stepped', event: told, from: 'idle', state });

test('who asks hears what became of it, and of nothing else', async (t) => {
  const requests = new Requests();
  const became = (id: string | undefined): Promise<Became> => requests.ask(wish, () => id);
  t.equal(await became(undefined), 'stopped');
  const [begun, rejected, notStored] = ['1', '2', '3'].map(became);
  requests.hear(stepped(event('0')));
  requests.hear({ type: 'rejected', event: event('2'), phase: 'idle', why: 'nothingToSettle' });
  requests.hear(stepped(event('3', 'ledgerFault')));
  requests.hear(stepped(event('1')));
  t.strictSame(await Promise.all([begun, rejected, notStored]), ['begun', 'nothingToSettle', 'notStored']);
  const [first, second] = ['4', '5'].map(became);
  requests.hear({ type: 'bug', error: new Error('of a driver'), where: 'print' });
  requests.hear({ type: 'bug', error: new Error('bug') });
  t.strictSame(await Promise.all([first, second]), ['bug', 'bug'], 'nobody waits for ever');
});
