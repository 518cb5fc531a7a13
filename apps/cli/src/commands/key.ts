import { EXIT } from '@firedrill/contracts'
import type { Cli, CommonOptions } from '../cli.ts'
import { connect } from '../connect.ts'
import { print } from '../output/print.ts'

/** Prints the public key that the installation signs reports with, as PEM for `firedrill verify --key`. */
export async function key(cli: Cli, options: CommonOptions): Promise<number> {
  const found = await connect(cli, options).signingKey()
  print(cli, options, 'key', found, () => found.pem.trimEnd())
  return EXIT.held
}
