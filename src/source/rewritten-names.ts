/**
 * Names that no programmer wrote: tools put them into a function's text when they rewrite a module. Recognised so that the
 * refusal speaks of the tool, not of a variable that the reader will not find in their file.
 *
 * A name missing here is refused all the same, as any other that the child does not have.
 */

/** Who rewrote the text: a test runner's module system, a coverage counter, or a compiler's or bundler's helper. */
export type RewritingTool = 'vitest' | 'istanbul' | 'compiler'

/** Helpers of TypeScript, esbuild and webpack, as they are spelled. */
const exactHelpers: ReadonlySet<string> = new Set(
  `__assign __async __asyncDelegator __asyncGenerator __asyncValues __await __awaiter __addDisposableResource __callDispose
  __classPrivateFieldGet __classPrivateFieldIn __classPrivateFieldSet __commonJS __decorate __decorateClass __decorateElement
  __defNormalProp __disposeResources __esDecorate __esm __extends __forAwait __generator __importDefault __importStar
  __makeTemplateObject __objRest __param __pow __privateAdd __privateGet __privateIn __privateMethod __privateSet
  __privateWrapper __publicField __read __require __rest __runInitializers __spread __spreadArray __spreadArrays
  __spreadProps __spreadValues __template __toCommonJS __toESM __using __values __yieldStar __webpack_require__`.split(
    /\s+/,
  ),
)

/** Helpers of babel (`_objectSpread2`), swc (`_object_spread`) and rollup, without case, underscores and trailing digits. */
const normalHelpers: ReadonlySet<string> = new Set(
  `arrayliketoarray arraywithholes assertthisinitialized asyncgeneratordelegate asynciterator
  asynctogenerator awaitasyncgenerator callsuper classcallcheck classprivatefieldget classprivatefieldset
  classprivatemethodget createclass createforofiteratorhelper defineproperty extends getprototypeof inherits
  inheritsloose interopdefault interopnamespace interopnamespacedefault interoprequiredefault interoprequirewildcard
  iterabletoarray jsx jsxdev jsxs newarrowcheck noniterablerest objectdestructuringempty objectspread objectspreadprops
  objectwithoutproperties objectwithoutpropertiesloose possibleconstructorreturn regenerator regeneratorruntime
  slicedtoarray superpropget taggedtemplateliteral toconsumablearray toprimitive topropertykey tsdecorate
  tsgenerator tsmetadata tsparam tsvalues wrapasyncgenerator wrapnativesuper wrapregexp`.split(/\s+/),
)

/** The tool that puts `name` into text; null for a name that a programmer may have written. */
export function rewritingTool(name: string): RewritingTool | null {
  if (/^__(?:vite_ssr|vi|vitest)_/.test(name)) return 'vitest'
  if (/^(?:cov_|__cov)/.test(name)) return 'istanbul'
  if (exactHelpers.has(name) || name.includes('__WEBPACK_')) return 'compiler'
  if (!/^_[a-z]/i.test(name)) return null
  const normal = name
    // Not from within digits: it would look at each of many as often as digits precede it.
    .replace(/(?<!\d)\d+_*$/, '')
    .replaceAll('_', '')
    .toLowerCase()
  return normalHelpers.has(normal) ? 'compiler' : null
}
