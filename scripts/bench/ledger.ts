/** What a durable fact costs, beside what the disk asks for and what other stores cost. */
import { randomUUID } from 'node:crypto';
import { fdatasync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Low } from 'lowdb';
import { JSONFile } from 'lowdb/node';
import { FileLedger } from '../../drivers/ledger/file-ledger.ts';
import { LedgerStore } from '../../drivers/ledger/ledger-store.ts';
import { slotBytes } from '../../drivers/ledger/slot.ts';
import type { FileSystem } from '../../drivers/storage/file-system.ts';
import { nodeFileSystem } from '../../drivers/storage/node-file-system.ts';
import { peer } from './peers.ts';
import { median, type Row, row } from './row.ts';

const ledgerKey = Buffer.alloc(32, 0x42);
const sync = promisify(fdatasync);

/** About as long as the facts of a sale are. */
const fact = (n: number) => ({
  type: 'intended',
  at: 1_795_000_000_000 + n,
  saleId: randomUUID(),
  kind: 'sale',
  stan: n,
  amount: 1234,
  card: { masked: '622200******1234', sealedPan: 'A'.repeat(60), cardHash: 'b'.repeat(64), entry: 'swipe' },
  pinEntered: true,
  operator: '01',
});

/** A file system whose syncs return at once: to fill a ledger quickly. */
const unsynced: FileSystem = {
  ...nodeFileSystem,
  open: (path, access) => {
    const file = nodeFileSystem.open(path, access);
    return {
      stat: () => file.stat(),
      pread: (into, position) => file.pread(into, position),
      pwrite: (bytes, position) => file.pwrite(bytes, position),
      fdatasync: async () => undefined,
      close: () => file.close(),
    };
  },
};

const ledgerWith = async (directory: string, records: number): Promise<FileLedger<object>> => {
  const place = { directory, ledgerKey };
  await new LedgerStore<object>(place, unsynced).provision({ type: 'provisioned' });
  const filling = new FileLedger<object>(place, unsynced);
  await filling.open();
  for (let n = 1; n < records; n += 1) await filling.append(fact(n));
  await filling.close();
  const ledger = new FileLedger<object>(place);
  await ledger.open();
  return ledger;
};

type Step = (n: number) => unknown;

/** Takes each step so many times, in an order that is drawn anew for each round; the median time of each, in ms. */
const interleaved = async <Name extends string>(
  rounds: number,
  steps: Readonly<Record<Name, Step>>,
): Promise<Record<Name, number>> => {
  const names = Object.keys(steps) as Name[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let n = 1; n <= rounds; n += 1) {
    const order = names.map((name) => ({ name, at: Math.random() })).sort((a, b) => a.at - b.at);
    for (const { name } of order) {
      const before = performance.now();
      await steps[name](n);
      if (n > rounds / 10) samples[name].push(performance.now() - before);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(samples[name])])) as Record<Name, number>;
};

const jsonFile = async (path: string, records: number) => {
  const db = new Low<{ records: object[] }>(new JSONFile(path), { records: [] });
  for (let n = 0; n < records; n += 1) db.data.records.push(fact(n));
  await db.write();
  return db;
};

const group = 'ledger';
const floorName = 'append + fdatasync of 512 B';

export const ledgerRows = async (say: (text: string) => void): Promise<Row[]> => {
  // On the disk that the repository is on: /tmp may be memory.
  const folder = mkdtempSync(join(import.meta.dirname, 'ledger-'));
  try {
    return [...(await commits(folder, say)), ...(await growth(folder, say)), ...(await openings(folder, say))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Floor and stores in one run. The floor is awaited as the ledger is: a sync that blocks the process is none to compare with. */
const commits = async (folder: string, say: (text: string) => void): Promise<Row[]> => {
  const rounds = 2000;
  const ledger = await ledgerWith(join(folder, 'commits'), 1);
  const appended = openSync(join(folder, 'floor'), 'a');
  const block = Buffer.alloc(512, 7);
  const preallocated = openSync(join(folder, 'preallocated'), 'w+');
  const slot = Buffer.alloc(slotBytes, 7);
  for (let n = 0; n <= rounds; n += 1) writeSync(preallocated, Buffer.alloc(slotBytes), 0, slotBytes, n * slotBytes);
  await sync(preallocated);

  say(`ledger: ${rounds} commits`);
  const main = await interleaved(rounds, {
    floor: () => {
      writeSync(appended, block);
      return sync(appended);
    },
    ledger: (n) => ledger.append(fact(n)),
  });
  const bare = await interleaved(rounds, {
    floor: () => {
      writeSync(appended, block);
      return sync(appended);
    },
    bare: (n) => {
      writeSync(preallocated, slot, 0, slotBytes, n * slotBytes);
      return sync(preallocated);
    },
  });
  await ledger.close();
  return [
    row(group, {
      name: 'commit of a fact, p50',
      value: main.ledger,
      unit: 'ms',
      reference: { name: floorName, value: main.floor },
      target: { of: 'ratio', most: 0.7 },
    }),
    row(group, {
      name: 'a bare preallocated slot + fdatasync, p50',
      value: bare.bare,
      unit: 'ms',
      reference: { name: floorName, value: bare.floor },
    }),
    ...(await peers(folder, say)),
  ];
};

const peers = async (folder: string, say: (text: string) => void): Promise<Row[]> => {
  const rows: Row[] = [];
  const floorFile = openSync(join(folder, 'floor-2'), 'a');
  const block = Buffer.alloc(512, 7);
  const floor: Step = () => {
    writeSync(floorFile, block);
    return sync(floorFile);
  };
  for (const records of [1000, 10_000]) {
    say(`ledger: lowdb's JSONFile at ${records} records`);
    const db = await jsonFile(join(folder, `lowdb-${records}.json`), records);
    const { lowdb, floor: reference } = await interleaved(records > 1000 ? 60 : 200, {
      floor,
      lowdb: (n) => db.update((data) => void data.records.push(fact(n))),
    });
    const name = `lowdb's JSONFile, one update at ${records.toLocaleString('en')} records, not synced, p50`;
    rows.push(row(group, { name, value: lowdb, unit: 'ms', reference: { name: floorName, value: reference } }));
  }
  const sqlite = peer('better-sqlite3', say);
  if ('why' in sqlite) {
    say(`ledger: better-sqlite3 is not measured: ${sqlite.why}`);
    return rows;
  }
  const Database = sqlite.module as new (path: string) => Sqlite;
  const db = new Database(join(folder, 'sqlite.db'));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec('CREATE TABLE facts (n INTEGER PRIMARY KEY, fact TEXT)');
  const insert = db.prepare('INSERT INTO facts (fact) VALUES (?)');
  const measured = await interleaved(1000, { floor, sqlite: (n) => insert.run(JSON.stringify(fact(n))) });
  db.close();
  rows.push(
    row(group, {
      name: 'better-sqlite3, WAL, synchronous=FULL, one insert, p50',
      value: measured.sqlite,
      unit: 'ms',
      reference: { name: floorName, value: measured.floor },
    }),
  );
  return rows;
};

interface Sqlite {
  pragma(text: string): unknown;
  exec(sql: string): unknown;
  prepare(sql: string): { run(value: string): unknown };
  close(): void;
}

/** A ledger of one record and one of 100 000, a commit to each in turn. */
const growth = async (folder: string, say: (text: string) => void): Promise<Row[]> => {
  say('ledger: commits after 100 000 records');
  const small = await ledgerWith(join(folder, 'small'), 1);
  const large = await ledgerWith(join(folder, 'large'), 100_000);
  const measured = await interleaved(1500, {
    small: (n) => small.append(fact(n)),
    large: (n) => large.append(fact(n)),
  });
  await small.close();
  await large.close();
  return [
    row(group, {
      name: 'the 100 000th commit, p50',
      value: measured.large,
      unit: 'ms',
      reference: { name: 'the first ones', value: measured.small },
      target: { of: 'ratio', most: 1.1 },
    }),
  ];
};

const openings = async (folder: string, say: (text: string) => void): Promise<Row[]> => {
  say('ledger: opening 10 000 records');
  const directory = join(folder, 'opening');
  await (await ledgerWith(directory, 10_000)).close();
  const lowdb = join(folder, 'opening.json');
  await jsonFile(lowdb, 10_000);
  const measured = await interleaved(15, {
    ledger: async () => {
      const ledger = new FileLedger<object>({ directory, ledgerKey });
      await ledger.open();
      await ledger.close();
    },
    lowdb: () => new Low<{ records: object[] }>(new JSONFile(lowdb), { records: [] }).read(),
  });
  return [
    row(group, {
      name: 'opening 10 000 records, chain checked, p50',
      value: measured.ledger,
      unit: 'ms',
      reference: { name: "lowdb's JSONFile, nothing checked", value: measured.lowdb },
      target: { of: 'value', most: 150 },
    }),
  ];
};
