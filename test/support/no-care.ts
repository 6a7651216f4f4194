import type { Care } from '../../firmware/care.ts';

/** Of a terminal that nobody looks after: no parameters, no training, all of it well. */
export const noCare: Care = {
  parameters: async () => [],
  writeParameter: async () => ({ result: 'notStored' }),
  version: () => ({ build: 'test', checksum: '00000000', merchantId: '898110154110001', acquirers: [] }),
  selfTest: async () => [],
  switchTraining: async () => false,
  restart: () => undefined,
};
