import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { test } from 'tap';
import { checkConfiguration } from '../../firmware/configuration.ts';
import { withFiles } from '../../firmware/configured-files.ts';
import { smallest } from './smallest.ts';

test('a configuration is as right as the files that it names', (t) => {
  const folder = t.testdir({ 'broken.png': 'no PNG', 'broken.pem': 'no certificate' });
  writeFileSync(join(folder, 'logo.png'), PNG.sync.write(new PNG({ width: 64, height: 8 })));
  const base = smallest();
  const checked = (sections: object) => withFiles(checkConfiguration({ ...base, ...sections }, folder));
  t.match(checked({}), { valid: true });
  t.match(checked({ slip: { logo: 'logo.png' } }), { valid: true });
  t.match(checked({ slip: { logo: 'broken.png' } }), { valid: false, errors: [/^slip\.logo: .*broken\.png/] });
  t.match(checked({ slip: { logo: 'none.png' } }), { valid: false, errors: [/^slip\.logo: .*there is no such file/] });
  const tls = (ca: string) => ({ acquirer: { ...base.acquirer, tls: { ca } } });
  t.match(checked(tls('none.pem')), { valid: false, errors: [/^acquirer\.tls\.ca: .*there is no such file/] });
  t.match(checked(tls('broken.pem')), { valid: false, errors: [/^acquirer\.tls\.ca: .*no certificate in PEM/] });
  t.match(checked({ language: 'fr' }), { valid: false, errors: [/^language/] }, 'what was wrong before stays it');
  t.end();
});
