import { defineRoom, type Room } from './room.ts'
import { urlWith, wholeNumber } from './variables.ts'

/** How to reach PostgreSQL. */
export type DbConfig = Readonly<{ url: string; poolSize: number }>

/** `DATABASE_URL`, `FIREDRILL_DB_POOL`. */
export const dbRoom: Room<DbConfig> = defineRoom(
  {
    DATABASE_URL: {
      schema: urlWith('postgres', 'postgresql'),
      remedy:
        'Set it to the PostgreSQL database of Firedrill, for example postgresql://firedrill@127.0.0.1:5432/firedrill',
    },
    FIREDRILL_DB_POOL: {
      schema: wholeNumber(2, 200, 10),
      remedy:
        'Set it to the number of database connections this process may hold (2 to 200), or leave it out for 10',
    },
  },
  (values) => ({ url: values.DATABASE_URL, poolSize: values.FIREDRILL_DB_POOL }),
)
