/** How the tiles of a wall stand: CSS pixels. */
export interface WallLayout {
  readonly columns: number
  readonly tileWidth: number
  readonly tileHeight: number
  /** More than the window holds: the wall scrolls. */
  readonly scrolls: boolean
}

/** The space a wall has, in CSS pixels. */
export interface WallSpace {
  readonly width: number
  readonly height: number
  readonly gap: number
}

const SHAPE = 16 / 9
/** Narrower than this a tile tells nobody anything. */
const LEAST_TILE_WIDTH = 200

/**
 * The columns that show `count` pictures of 16:9 largest in this space. Where they would get too small to be of use, or where
 * the reader chose the `columns`, tiles are as wide as their column, and the wall scrolls when they do not fit.
 */
export function layOutWall(count: number, space: WallSpace, columns?: number): WallLayout {
  if (columns !== undefined) return fillWidth(count, columns, space)
  const all = Array.from({ length: Math.max(1, count) }, (_, index) => fitWindow(count, index + 1, space))
  const best = all.reduce((former, layout) => (layout.tileWidth > former.tileWidth ? layout : former))
  if (best.tileWidth >= LEAST_TILE_WIDTH) return best
  return fillWidth(count, Math.max(1, Math.floor((space.width + space.gap) / (LEAST_TILE_WIDTH + space.gap))), space)
}

function fitWindow(count: number, columns: number, { width, height, gap }: WallSpace): WallLayout {
  const rows = Math.ceil(count / columns)
  const widest = Math.floor((width - gap * (columns - 1)) / columns)
  const highest = Math.floor((height - gap * (rows - 1)) / rows)
  const tileWidth = Math.max(0, Math.min(widest, Math.floor(highest * SHAPE)))
  return { columns, tileWidth, tileHeight: Math.floor(tileWidth / SHAPE), scrolls: false }
}

function fillWidth(count: number, columns: number, space: WallSpace): WallLayout {
  const fitting = fitWindow(count, columns, space)
  const tileWidth = Math.max(0, Math.floor((space.width - space.gap * (columns - 1)) / columns))
  if (fitting.tileWidth === tileWidth) return fitting
  return { columns, tileWidth, tileHeight: Math.floor(tileWidth / SHAPE), scrolls: true }
}
