import { type Configuration, checkConfiguration } from '../../firmware/configuration.ts';
import type { Chance } from './chance.ts';

export const terminalId = '00000001';
export const merchantId = '898110154110001';
/** What the supervisor types. The simulation compares it in clear: scrypt would take longer than a day of trade. */
export const supervisorPassword = '246810';

/** Bits a second of each line but the printer's. */
export const baudRate = 9600;

/** How a shop has set its terminal: the printer that it has, its policy, its patience. Each seed is another shop. */
export const shopOf = (chance: Chance): Configuration => {
  const port = (path: string) => ({ path, baudRate });
  const answerTimeoutMs = chance.one([5000, 15_000, 30_000, 60_000]);
  const retryMs = chance.one<readonly number[]>([
    [5000, 10_000, 20_000, 40_000, 60_000],
    [1000, 5000],
    [15_000, 60_000],
  ]);
  const printer = { profile: chance.weighted({ epson: 5, clone: 4, cheap58: 1 }), paper: chance.one([58, 58, 80]) };
  const checked = checkConfiguration(
    {
      terminal: { id: terminalId, merchantId, batch: chance.one([1, 7, 999_998]) },
      merchant: { name: '示例便利店', branch: '测试路店', hotline: '95516' },
      storage: { directory: 'state', ...(chance.happens(0.3) && { mirror: 'mirror' }) },
      keypad: { driver: 'serial', port: port('/dev/keypad') },
      cardReader: { driver: 'serial', port: port('/dev/cardReader') },
      pinPad: { driver: 'visa', port: port('/dev/pinPad') },
      printer: {
        driver: 'escpos',
        profile: printer.profile,
        paper: printer.profile === 'cheap58' ? 58 : printer.paper,
        port: { path: '/dev/printer', baudRate: chance.one([19_200, 38_400, 115_200]) },
      },
      display: { driver: 'lcd4x16', port: port('/dev/display') },
      acquirer: {
        host: 'acquirer.example',
        port: 5000,
        connectTimeoutMs: chance.one([3000, 10_000]),
        answerTimeoutMs,
        lateAnswerMs: chance.one([0, 60_000]),
      },
      supervisor: { passwordHash: 'scrypt$c2FsdA$aGFzaA' },
      settlement: { signOff: chance.happens(0.2) },
      policy: {
        maxAmount: 500_000,
        maxBatch: chance.one([6, 40, 500, 500]),
        pinBypass: chance.happens(0.8),
        keepBySupervisor: chance.happens(0.5),
      },
      timers: {
        paperGraceMs: chance.one([0, 30_000, 120_000]),
        tearOffMs: chance.one([0, 5000, 30_000]),
        noticeMs: chance.one([1000, 10_000]),
        pinMs: chance.one([20_000, 60_000]),
        retryMs,
      },
    },
    '/',
  );
  if (!checked.valid) throw new Error(`The shop's configuration is not right: ${checked.errors.join('; ')}`);
  return checked.configuration;
};
