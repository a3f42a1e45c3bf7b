// Builds static/build/ from static/src/ and node_modules: `npm run build`.
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'

import * as esbuild from 'esbuild'
import * as sass from 'sass'

const source = fileURLToPath(new URL('.', import.meta.url))
const target = fileURLToPath(new URL('../build/', import.meta.url))

await rm(target, { recursive: true, force: true })
await mkdir(target, { recursive: true })

// No source maps: the manifest storage would fail on a map that is not shipped.
const { css } = await sass.compileAsync(join(source, 'portal.scss'), {
  style: 'compressed',
  importers: [new sass.NodePackageImporter(source)],
})
await writeFile(join(target, 'portal.css'), css)

await esbuild.build({
  // map.js brings map.css with it, for the page of the larger map alone.
  entryPoints: [join(source, 'portal.js'), join(source, 'map.js')],
  outdir: target,
  loader: { '.png': 'file' },
  assetNames: 'leaflet-[name]',
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2017',
  legalComments: 'none',
})

// Copied as they are: js-enabled.js must stay a classic script, run while the body is read.
for (const name of ['js-enabled.js', 'favicon.svg']) {
  await copyFile(join(source, name), join(target, name))
}
