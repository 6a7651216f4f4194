/** `terminalctl keys`: load, check. A key or component is never shown, logged or told in an error. */
import { checkValueOf, type KeySuite, keySuite } from '../../drivers/acquirer/key-suite.ts';
import { Vault } from '../../drivers/vault/vault.ts';
import { filesOf } from '../terminal-files.ts';
import { configured, Refusal } from './configured.ts';
import type { Output } from './output.ts';

export interface KeysOptions {
  readonly config?: string;
  readonly components?: number;
  readonly json?: boolean;
}

/** Asks for a line without showing what is typed; undefined when there are no more. */
export type AskSecretly = (prompt: string) => Promise<string | undefined>;

const checkDigits = [6, 8];

/** One component and its check value, which its keeper has in writing. */
const component = async (ask: AskSecretly, suite: KeySuite, number: number, count: number): Promise<Buffer> => {
  const of = `component ${number} of ${count}`;
  const lengths = suite.masterKeyBytes.map((bytes) => bytes * 2);
  const hex = ((await ask(`${of}, hex: `)) ?? '').replaceAll(/\s/g, '');
  if (!/^[0-9A-Fa-f]*$/.test(hex) || !lengths.includes(hex.length)) {
    throw new Refusal(`${of}: ${lengths.join(' or ')} hex digits are expected; nothing was changed`);
  }
  const key = Buffer.from(hex, 'hex');
  const told = ((await ask(`${of}, check value: `)) ?? '').trim().toUpperCase();
  if (!checkDigits.includes(told.length) || !checkValueOf(suite, key).startsWith(told)) {
    key.fill(0);
    throw new Refusal(`${of}: its check value (6 or 8 hex digits) does not fit it; nothing was changed`);
  }
  return key;
};

/**
 * Puts the master key (TMK) together from components, each typed by its own keeper with its check value, and seals it
 * under the device key. The terminal reads it at its next start.
 *
 * @throws Refusal, VaultError
 */
export const load = async (options: KeysOptions, ask: AskSecretly, out: Output): Promise<number> => {
  const configuration = configured(options.config);
  const { acquirer, storage } = configuration;
  const { components = 2 } = options;
  const suite = keySuite(acquirer.keySuite, acquirer.sm4);
  const vault = Vault.open(storage.deviceKey);
  let key: Buffer | undefined;
  try {
    for (let number = 1; number <= components; number++) {
      const next = await component(ask, suite, number, components);
      if (key !== undefined && next.length !== key.length)
        throw new Refusal('the components are not of one length; nothing was changed');
      for (const [at, byte] of (key ?? []).entries()) next[at] = (next[at] as number) ^ byte;
      key?.fill(0);
      key = next;
    }
    if (key === undefined || key.every((byte) => byte === 0))
      throw new Refusal('the components make no key; nothing was changed');
    await vault.storeMasterKey(filesOf(configuration).masterKey, key);
    tell(
      checkValueOf(suite, key),
      options,
      out,
      'the master key is sealed; compare its check value, then restart the terminal',
    );
    return 0;
  } finally {
    key?.fill(0);
  }
};

/** @throws Refusal, VaultError */
export const check = (options: KeysOptions, out: Output): number => {
  const configuration = configured(options.config);
  const { acquirer, storage } = configuration;
  const { key } = Vault.open(storage.deviceKey).loadMasterKey(filesOf(configuration).masterKey);
  try {
    const suite = keySuite(acquirer.keySuite, acquirer.sm4);
    if (!suite.masterKeyBytes.includes(key.length)) {
      throw new Refusal(
        `the master key has ${key.length} bytes, and the suite ${acquirer.keySuite} takes ${suite.masterKeyBytes.join(' or ')}: load another`,
      );
    }
    tell(checkValueOf(suite, key), options, out, 'the master key is there');
    return 0;
  } finally {
    key.fill(0);
  }
};

const tell = (checkValue: string, { json }: KeysOptions, out: Output, words: string): void =>
  out.line(json === true ? JSON.stringify({ checkValue }) : `check value ${checkValue}: ${words}`);
