/**
 * What the variants of a product differ by, in the languages of shops: basic colours (Berlin and Kay 1969, and what
 * clothes are sold in besides), sizes, and units of what is measured.
 *
 * A word counts as `wordsIn` reads it (one of several as each of them). One that ends in ~ stands for its
 * inflections too, of at most two letters more. A word of one language may mean another thing in another one: stems
 * have four letters or more, and what is as often a thing is not a sure colour.
 */
import { wordsIn } from "../../../../core/events/words.ts";

const colours: Readonly<Record<string, string>> = {
  ar: `
    أسود سوداء أبيض بيضاء أحمر حمراء أزرق زرقاء أخضر خضراء أصفر صفراء برتقالي وردي بنفسجي بني رمادي ذهبي فضي بيج
    كحلي
  `,
  bg: `
    черен черна черно черни бял бяла бяло бели червен~ син синя синьо сини зелен~ жълт~ оранжев~ розов~ лилав~
    кафяв~ сив сива сиво сиви златист~ сребрист~ бежов~
  `,
  cs: `
    čern~ bílý bílá bílé bílí červen~ modr~ zelen~ žlut~ oranžov~ růžov~ fialov~ hněd~ šedý šedá šedé zlatý zlatá
    zlaté stříbrn~ béžov~ tyrkysov~
  `,
  da: `
    sort sorte hvid hvide rød røde blå grøn grønne gul gule lyserød lyserøde lilla brun brune grå guld sølv beige
    turkis
  `,
  de: `
    schwarz~ weiß weiße weißer weißes weißen weiss~ rot rote roter rotes roten blau blaue blauer blaues blauen
    grün~ gruen~ gelb~ rosa pink lila violett~ braun~ grau~ golden goldene goldener goldenes silbern~ beige
    türkis~ dunkelblau~ hellblau~ dunkelgrün~ hellgrün~ dunkelgrau~ hellgrau~ anthrazit bunt bunte bunter buntes
    mehrfarbig~
  `,
  el: `
    μαυρο μαύρο μαύρη μαύρος λευκό λευκή λευκός άσπρο άσπρη άσπροσ κόκκινο κόκκινη κόκκινοσ μπλε πράσινο πράσινη
    πράσινοσ κίτρινο κίτρινη πορτοκαλί ροζ μωβ μοβ καφέ γκρι χρυσό χρυσή ασημί μπεζ
  `,
  en: `
    black white red blue green yellow pink purple brown grey gray ivory turquoise aqua lilac mauve violet burgundy
    beige navy teal fuchsia magenta cyan maroon khaki indigo multicolour multicolor multicoloured multicolored
  `,
  es: `
    negro negra negros negras blanco blanca blancos blancas rojo roja rojos rojas azul azules verde verdes
    amarill~ rosa rosas morado morada morados moradas violeta marrón marrones gris grises dorad~ platead~ beige
    turquesa granate multicolor
  `,
  fi: `
    musta mustat valkoinen valkoiset punainen punaiset sininen siniset vihreä vihreät keltainen keltaiset oranssi
    oranssit pinkki vaaleanpunainen violetti ruskea ruskeat harmaa harmaat kulta hopea beige turkoosi
  `,
  fr: `
    noir noire noirs noires blanc blanche blancs blanches rouge rouges bleu bleue bleus bleues vert verte verts
    vertes jaune jaunes violet violette violets violettes marron brun brune gris grise grises doré dorée dorés
    dorées argenté argentée beige turquoise bordeaux multicolore crème
  `,
  he: `
    שחור שחורה לבן לבנה אדום אדומה כחול כחולה ירוק ירוקה צהוב צהובה כתום כתומה ורוד ורודה סגול סגולה חום חומה אפור
    אפורה זהב כסף בז
  `,
  hi: `
    काला काली काले सफेद सफ़ेद लाल नीला नीली नीले हरा हरी हरे पीला पीली पीले नारंगी गुलाबी बैंगनी भूरा भूरी सुनहरा
    चांदी स्लेटी
  `,
  hr: `
    crni crna crno crne bijel~ bela bele crven~ plavi plava plavo plave zelen~ žuti žuta žuto žute narančast~
    narandžast~ ružičast~ roza ljubičast~ smeđ~ braon siv siva sivo sivi zlatn~ srebrn~ bež tirkizn~
  `,
  hu: `
    fekete fehér piros vörös kék zöld sárga narancs narancssárga rózsaszín lila barna szürke arany ezüst bézs
    türkiz
  `,
  id: `
    hitam putih merah biru hijau kuning oranye jingga ungu coklat cokelat abu emas perak krem
  `,
  it: `
    nero nera neri nere bianco bianca bianchi bianche rosso rossa rossi rosse blu azzurr~ verde verdi giallo
    gialla gialli gialle arancione arancioni rosa viola marrone marroni grigio grigia grigi grigie dorat~
    argentat~ beige turchese multicolore
  `,
  ja: `
    黒 白 赤 青 緑 黄 紫 茶 灰 金 銀 黒色 白色 赤色 青色 緑色 黄色 紫色 茶色 灰色 金色 銀色 紺 紺色 水色 桃色 ブラック ホワイト レッド ブルー グリーン イエロー オレンジ ピンク パープル
    ブラウン グレー ゴールド シルバー ベージュ ネイビー アイボリー
  `,
  ko: `
    검정 검정색 검은색 블랙 흰색 화이트 하양 빨강 빨간색 레드 파랑 파란색 블루 초록 초록색 녹색 그린 노랑 노란색 옐로우 주황 주황색 오렌지 분홍 분홍색 핑크 보라 보라색 퍼플 갈색 브라운 회색
    그레이 금색 골드 은색 실버 베이지 네이비 남색 아이보리
  `,
  nl: `
    zwart zwarte wit witte rood rode blauw blauwe groen groene geel gele roze paars paarse bruin bruine grijs
    grijze gouden zilveren beige turquoise donkerblauw~ lichtblauw~ donkergroen~
  `,
  no: `
    svart svarte hvit hvite rød røde blå grønn grønne gul gule oransje rosa lilla brun brune grå gull sølv beige
    turkis
  `,
  pl: `
    czarn~ biał~ czerwon~ niebiesk~ granatow~ zielon~ żółt~ pomarańczow~ różow~ fioletow~ brązow~ szar~ złot~
    srebrn~ beżow~ turkusow~
  `,
  pt: `
    preto preta pretos pretas branco branca brancos brancas vermelh~ azul azuis verde verdes amarel~ rosa roxo
    roxa roxos roxas marrom castanho castanha cinza cinzento cinzenta dourad~ pratead~ bege turquesa
  `,
  ro: `
    negru neagră negre negri alb albă albe albi roșu roșie roșii rosu rosie albastr~ verde verzi galben~
    portocali~ roz mov violet maro gri auriu aurie argintiu argintie bej turcoaz
  `,
  ru: `
    черный черная черное черные чёрный чёрная чёрное чёрные белый белая белое белые красн~ синий синяя синее синие
    голубой голубая голубое голубые зелен~ зелён~ желт~ жёлт~ оранжев~ розов~ фиолетов~ коричнев~ серый серая
    серое серые золот~ золотист~ серебр~ серебрист~ бежев~ бирюзов~ бордов~
  `,
  sk: `
    čiern~ biel~ červen~ modr~ zelen~ žltý žltá žlté oranžov~ ružov~ fialov~ hned~ sivý sivá sivé zlatý zlatá
    zlaté striebor~ béžov~ tyrkysov~
  `,
  sv: `
    svart svarta vit vita vitt röd röda rött blå blåa blått grön gröna grönt gul gula gult rosa lila brun bruna
    brunt grå gråa grått guld silver beige turkos
  `,
  th: `
    ดำ สีดำ ขาว สีขาว แดง สีแดง น้ำเงิน สีน้ำเงิน ฟ้า สีฟ้า เขียว สีเขียว เหลือง สีเหลือง ส้ม สีส้ม ชมพู สีชมพู
    ม่วง สีม่วง น้ำตาล สีน้ำตาล เทา สีเทา ทอง สีทอง เงิน สีเงิน สี
  `,
  tr: `
    siyah beyaz kırmızı kirmizi mavi yeşil sarı turuncu pembe mor kahverengi gri altın gümüş bej lacivert turkuaz
    bordo
  `,
  uk: `
    чорний чорна чорне чорні білий біла біле білі червон~ синій синя синє сині блакитн~ зелен~ жовт~ помаранчев~
    рожев~ фіолетов~ коричнев~ сірий сіра сіре сірі золот~ срібн~ бежев~ бірюзов~
  `,
  vi: `
    đen trắng đỏ xanh vàng hồng tím nâu xám
  `,
  zh: `
    黑 白 红 紅 蓝 藍 绿 綠 黄 黃 紫 棕 灰 金 银 銀 粉 橙 黑色 白色 红色 紅色 蓝色 藍色 绿色 綠色 黄色 黃色 紫色 棕色 灰色 金色 银色 銀色 粉色 粉红色 粉紅色 橙色 橘色 米色 米白色
    咖啡色 深蓝色 深藍色 天蓝色 浅蓝色 藏青色 卡其色 色
  `,
};

/** Things and materials that shops name colours after: one where another title has a colour in its place. */
const namedAfter = `
  orange gold golden silver cream copper bronze amber oro argento plata ouro prata goud zilver guld guldfarvet
  argent rose roses rosé mint minze menthe choc chocolate lime olive jade ruby opal crystal natural natur lavender
  lavendel lavande peach pêche pearl raspberry pistachio cherry coral sand stone charcoal heather camel mustard plum
  wine taupe mocha nude sapphire emerald champagne midnight sky ocean rust forest clear amethyst graphite slate
  anthracite antracite antracita marine marino
`;

/** Before a colour, or after it, they belong to it. */
const shades = `
  light dark pale mid baby dusty pastel bright deep royal neon hell dunkel clair foncé pâle claro clara oscuro
  oscura chiaro chiara scuro scura escuro escura licht donker ljus mörk lys mørk jasn~ ciemn~ темно тёмно светло
  açık koyu
`;

const sizes = `
  xxs xs s m l xl xxl xxxl xxxxl 2xs 2xl 3xl 4xl 5xl 6xl small medium large xlarge xsmall klein kleine kleiner
  kleines mittel mittlere groß große großer großes gross grosse grosses petit petits grand grande grands grandes
  moyen moyenne pequeñ~ mediano mediana grandes piccol~ pequen~ médio média middel groot grote liten litet små stor
  stora stort store lille mellem mały mała małe średni~ duży duża duże střední velký velká velké малень~ средн~
  больш~ küçük orta büyük kicsi közepes nagy pieni keskikokoinen iso 小号 中号 大号 特大号 加大 小號 中號 大號 소형 중형 대형 小 中 大
`;

/** What says that a size comes next. */
const sizeMarks = `
  size sizes talla taille taglia größe grösse groesse tamanho maat storlek størrelse koko rozmiar velikost veľkosť
  méret mărime razmer размер розмір beden サイズ 尺码 尺碼 사이즈
`;

/** What is measured or counted: after a number. */
const units = `
  mm cm dm m km ml cl dl l ltr litre liter litres g kg mg oz lb lbs inch inches zoll ft mah gb tb mb pc pcs piece
  pieces pack packs ct stk stuks stück stuck pz pezzi pièces pieza piezas unidades uds szt ks db st er шт мм см м мл
  л г кг 克 公斤 毫升 升 厘米 件 個 个 枚 入 包 개 매
`;

export const isColour = matcherOf(Object.values(colours).join(" "));
export const mayBeColour = matcherOf(namedAfter);
export const isShade = matcherOf(shades);
export const isSize = matcherOf(sizes);
export const isSizeMark = matcherOf(sizeMarks);
export const isUnit = matcherOf(units);

/** Letters that an ending may have: one more, and a berry is a colour ("черника"). */
const longestEnding = 2;

function matcherOf(list: string): (word: string) => boolean {
  const words = list.split(/\s+/).filter(Boolean);
  const whole = new Set(words.filter((word) => !word.endsWith("~")).flatMap(wordsIn));
  const stems = new Set(words.filter((word) => word.endsWith("~")).flatMap(wordsIn));
  return (word) => {
    if (whole.has(word)) return true;
    for (let ending = 0; ending <= longestEnding; ending++) {
      if (stems.has(word.slice(0, word.length - ending))) return true;
    }
    return false;
  };
}
