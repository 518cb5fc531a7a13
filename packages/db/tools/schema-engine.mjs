#!/usr/bin/env node
/**
 * Stands in for the schema engine that Prisma's command line downloads at run time. It speaks the same protocol (JSON-RPC,
 * one message a line, over stdin and stdout) and runs Prisma's own engine, compiled to WebAssembly, on the PostgreSQL
 * adapter; both come from the lock file, so `prisma generate | migrate | db` work on a machine without a way out.
 * prisma.config.ts points PRISMA_SCHEMA_ENGINE_BINARY here unless it is set.
 */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import * as engineModule from '@prisma/schema-engine-wasm/schema_engine_bg'
import { AdapterFactory } from './schema-engine-adapter.mjs'
import { createDatabase, dropDatabase, serverVersion } from './schema-engine-database.mjs'

/** JSON-RPC code of an error that the engine itself reports. */
const ENGINE_ERROR = 4466
/** Never reached: `generate`, `validate` and `format` use no database. */
const NO_DATABASE = 'postgresql://127.0.0.1:1/postgres'

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: {
    datamodels: { type: 'string', short: 'd', multiple: true },
    datasource: { type: 'string' },
    'enabled-preview-features': { type: 'string' },
    'extension-types': { type: 'string' },
    version: { type: 'boolean' },
  },
})
const datasource = options.datasource === undefined ? {} : JSON.parse(options.datasource)

await loadEngine()
if (options.version === true) {
  console.log(`schema-engine-cli ${engineModule.version()} (wasm)`)
} else if (positionals[0] === 'cli') {
  process.exitCode = await runCommand(positionals[1])
} else {
  await serve()
}

async function loadEngine() {
  const require = createRequire(import.meta.url)
  const file = require
    .resolve('@prisma/schema-engine-wasm')
    .replace(/schema_engine\.js$/, 'schema_engine_bg.wasm')
  const { instance } = await WebAssembly.instantiate(await readFile(file), {
    './schema_engine_bg.js': engineModule,
  })
  engineModule.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start()
}

/** One-shot commands about the database as a whole; the answer is the exit code and a line on stderr. */
async function runCommand(command) {
  const commands = {
    'can-connect-to-database': () => serverVersion(datasource.url),
    'create-database': () => createDatabase(datasource.url),
    'drop-database': () => dropDatabase(datasource.url),
  }
  try {
    process.stderr.write('\n')
    if (commands[command] === undefined) throw new Error(`unknown command ${command}`)
    await commands[command]()
    return 0
  } catch (error) {
    const fields = { message: error.message || error.code, error_code: connectCode(error), is_panic: false }
    const line = {
      timestamp: new Date().toISOString(),
      level: 'ERROR',
      fields,
      target: 'schema_engine::logger',
    }
    process.stderr.write(`${JSON.stringify(line)}\n`)
    return 1
  }
}

/** Prisma's code of a failed connect. */
function connectCode(error) {
  if (error.code === '3D000') return 'P1003'
  if (error.code === '28P01') return 'P1000'
  return ['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT'].includes(error.code) ? 'P1001' : 'P1010'
}

async function serve() {
  const models = await Promise.all(
    (options.datamodels ?? []).map(async (path) => [path, await readFile(path, 'utf8')]),
  )
  const methods = engineMethods(models)
  let last = Promise.resolve()
  const lines = createInterface({ input: process.stdin })
  lines.on('line', (line) => {
    last = last.then(() => answer(methods, line))
  })
  lines.on('close', () => void last.finally(() => process.exit(0)))
}

async function answer(methods, line) {
  const request = line.trim() === '' ? {} : JSON.parse(line)
  if (request.method === undefined) return
  let reply
  try {
    reply = { result: (await methods(request.method, request.params)) ?? null }
  } catch (error) {
    const data = { is_panic: false, message: String(error?.message ?? error), meta: null }
    if (/^P\d/.test(error?.code ?? '')) data.error_code = error.code
    reply = {
      error: { code: ENGINE_ERROR, message: 'An error happened. Check the data field for details.', data },
    }
  }
  send({ jsonrpc: '2.0', id: request.id, ...reply })
}

function send(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}

function engineMethods(models) {
  let shared
  /** One engine a process: the advisory lock of a migration lives in its session. */
  const engineFor = async (url) => {
    if (shared !== undefined && url === undefined) return shared
    const factory = new AdapterFactory(url ?? datasource.url ?? NO_DATABASE, datasource.shadowDatabaseUrl)
    const engine = await engineModule.SchemaEngine.new(
      { datamodels: models.length > 0 ? models : undefined },
      () => {},
      bindMigrationAwareSqlAdapterFactory(factory),
    )
    if (url === undefined) shared = engine
    return engine
  }
  /** These two expect that the shadow database was replayed on the same engine, which only devDiagnostic does. */
  const afterReplay = (method) => async (params) => {
    const engine = await engineFor()
    await engine.devDiagnostic({ migrationsList: params.migrationsList, filters: params.filters })
    return engine[method](params)
  }
  const own = {
    evaluateDataLoss: afterReplay('evaluateDataLoss'),
    createMigration: afterReplay('createMigration'),
    getDatabaseVersion: async () => (await engineFor()).version(null),
    createDatabase: async (params) => ({
      databaseName: await createDatabase(params?.datasource?.url ?? datasource.url),
    }),
    ensureConnectionValidity: async (params) => {
      await serverVersion(params?.datasource?.url ?? datasource.url)
      return {}
    },
    diff: async (params) => {
      const live = [params.to, params.from].find((side) => side?.tag === 'url')
      const difference = await (
        await engineFor(live?.url)
      ).diff({ ...params, exitCode: params.exitCode ?? null })
      if (difference.stdout) {
        send({ id: 1_000_000, jsonrpc: '2.0', method: 'print', params: { content: difference.stdout } })
      }
      return difference
    },
  }
  return async (method, params) =>
    own[method] === undefined ? (await engineFor())[method](params ?? {}) : own[method](params)
}
