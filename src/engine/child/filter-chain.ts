import { Filter, type FilterContext, FilterGraph } from 'node-av/lib'
import type { FilterSpec } from '../filter-spec.ts'
import { check, setOptions } from './libav.ts'

/** Filters in a row, ready for frames, with a sink of 4:2:0 pictures at the end. Their options are set one by one and never parsed. */
export class FilterChain {
  readonly #graph = new FilterGraph()
  /** Where frames go in, unless it makes its own. */
  readonly first: FilterContext
  /** Where pictures come out. */
  readonly last: FilterContext

  /** @throws {Error} when libav refuses a filter, an option or the combination. */
  constructor(specs: readonly FilterSpec[]) {
    this.#graph.alloc()
    this.#graph.nbThreads = 1
    const filters = [...specs, OUTPUT_FORMAT, SINK].map((spec, index) => this.#create(spec, index))
    for (const [index, filter] of filters.entries()) {
      const next = filters[index + 1]
      if (next !== undefined) check(filter.link(0, next, 0), 'linking two filters')
    }
    check(this.#graph.configSync(), `the filters ${specs.map(({ filter }) => filter).join(', ')}`)
    this.first = filters[0]!
    this.last = filters.at(-1)!
  }

  close(): void {
    this.#graph.free()
  }

  #create({ filter: name, options }: FilterSpec, index: number): FilterContext {
    const filter = Filter.getByName(name)
    const context = filter === null ? null : this.#graph.allocFilter(filter, `${name}${index}`)
    if (context === null) throw new Error(`this build of libav has no filter ${name}`)
    setOptions(context, options)
    check(context.initStr(null), `filter ${name}`)
    return context
  }
}

const OUTPUT_FORMAT: FilterSpec = { filter: 'format', options: { pix_fmts: 'yuv420p' } }
const SINK: FilterSpec = { filter: 'buffersink', options: {} }
