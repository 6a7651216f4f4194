import { Vault } from '../../../drivers/vault/vault.ts';
import { SimDisk } from '../../drivers/storage/sim-disk.ts';

const disk = new SimDisk();
await Vault.provision('/device.key', disk);

/** That of a terminal which was provisioned for the tests of this file. */
export const signer = Vault.open('/device.key', disk).signer();
