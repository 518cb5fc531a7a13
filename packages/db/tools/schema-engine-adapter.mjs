import { PrismaPg } from '@prisma/adapter-pg'
import { ColumnTypeEnum } from '@prisma/driver-adapter-utils'
import { connectionTarget, createDatabase, dropDatabase, withDatabase } from './schema-engine-database.mjs'

/** Types of catalogue columns that the adapter refuses and the engine has to read, by OID. */
const CATALOGUE_TYPES = new Map([
  [18, ColumnTypeEnum.Character],
  [22, ColumnTypeEnum.Text],
  [24, ColumnTypeEnum.Text],
  [28, ColumnTypeEnum.Text],
  [194, ColumnTypeEnum.Text],
  [2205, ColumnTypeEnum.Text],
  [2206, ColumnTypeEnum.Text],
])
const TEXT_OID = 25

/** Prisma's PostgreSQL adapter, with what the schema engine needs of it and application code does not. */
export class AdapterFactory extends PrismaPg {
  constructor(url, shadowUrl) {
    const { config, schema } = connectionTarget(url)
    super({ ...config, max: 1 }, { schema })
    this.url = url
    this.shadowUrl = shadowUrl
  }

  async connect() {
    return patched(await super.connect())
  }

  /** A database to replay migrations in, removed afterwards. The adapter's own would drop it while connected. */
  async connectToShadowDb() {
    if (this.shadowUrl) return new AdapterFactory(this.shadowUrl).connect()
    const url = withDatabase(this.url, `prisma_migrate_shadow_db_${crypto.randomUUID()}`)
    await createDatabase(url)
    const adapter = await new AdapterFactory(url).connect()
    const dispose = adapter.dispose.bind(adapter)
    adapter.dispose = async () => {
      await dispose()
      await dropDatabase(url)
    }
    return adapter
  }
}

function patched(adapter) {
  readsCatalogue(adapter)
  // The adapter splits scripts at semicolons, also inside function bodies; the server takes them whole.
  if (adapter.executeScript) {
    adapter.executeScript = async (script) => {
      try {
        await adapter.underlyingDriver().query(script)
      } catch (error) {
        adapter.onError(error)
      }
    }
  }
  if (adapter.startTransaction) {
    const start = adapter.startTransaction.bind(adapter)
    adapter.startTransaction = async (...args) => patched(await start(...args))
  }
  return adapter
}

/** Lets catalogue types through as text, and names them to the engine as what they are. */
function readsCatalogue(adapter) {
  const performIO = adapter.performIO.bind(adapter)
  const queryRaw = adapter.queryRaw.bind(adapter)
  adapter.queryRaw = async (query) => {
    let fields = []
    adapter.performIO = async (request) => {
      const result = await performIO(request)
      fields = result.fields
      const shown = fields.map((field) =>
        CATALOGUE_TYPES.has(field.dataTypeID) ? { ...field, name: field.name, dataTypeID: TEXT_OID } : field,
      )
      return { ...result, fields: shown }
    }
    const answer = await queryRaw(query)
    for (const [index, { dataTypeID }] of fields.entries()) {
      if (CATALOGUE_TYPES.has(dataTypeID)) answer.columnTypes[index] = CATALOGUE_TYPES.get(dataTypeID)
    }
    return answer
  }
}
