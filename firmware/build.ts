/** Which build this is: the bundler puts its name here. */
export const build = process.env.SLIPSAFE_BUILD ?? 'not bundled';
