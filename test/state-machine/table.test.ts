import { test } from 'tap';
import { eventNames } from '../../state-machine/events.ts';
import { phaseNames, table } from '../../state-machine/table.ts';

test('every phase × every event is a row or a named rejection', async (t) => {
  for (const phase of phaseNames) {
    for (const event of eventNames) {
      const row = table[phase][event];
      t.ok(typeof row === 'string' || row.to.length > 0, `${phase} × ${event}`);
    }
  }
});

test('M10: from every phase a way leads on to idle, and out of service only to a restart', async (t) => {
  const leadsTo = (from: string): readonly string[] =>
    eventNames.flatMap((event) => {
      const row = table[from as keyof typeof table][event];
      return typeof row === 'string' || event === 'ledgerFault' ? [] : row.to.filter((to) => to !== 'same');
    });
  for (const phase of phaseNames.filter((name) => name !== 'outOfService')) {
    const reached = new Set<string>([phase]);
    for (const name of reached) for (const to of leadsTo(name)) reached.add(to);
    t.ok(reached.has('idle'), phase);
  }
});

test('every phase but the first can be reached', async (t) => {
  const named = new Set(
    phaseNames.flatMap((phase) =>
      eventNames.flatMap((event) => {
        const row = table[phase][event];
        return typeof row === 'string' ? [] : row.to;
      }),
    ),
  );
  for (const phase of phaseNames) t.ok(phase === 'starting' || named.has(phase), phase);
});
