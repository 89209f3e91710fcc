/**
 * Families of products, derived from the words of a title and, where words say too little, from its sku.
 *
 * The stock list has no categories. A rule is a family and the words that put a product in it. Seasons come
 * first, then nouns that settle what a thing is ("oven glove"), then words that only suggest it ("heart").
 * The first rule met names the main family; the next two that differ are kept as well.
 */

export const families = [
  "Christmas",
  "Easter & Spring",
  "Jewellery & Hair",
  "Bags & Travel",
  "Candles & Lights",
  "Party",
  "Gift Wrap",
  "Stationery & Cards",
  "Children",
  "Craft & Sewing",
  "Kitchen & Baking",
  "Tableware",
  "Garden",
  "Bath & Wellbeing",
  "Cushions & Textiles",
  "Storage",
  "Home Decor",
] as const;

export type Family = (typeof families)[number];

const rules: readonly (readonly [Family, RegExp])[] = [
  rule(
    "Christmas",
    "christmas|xmas|advent|santa|reindeer|rudolph|snowm[ae]n|snowflakes?|baubles?|tinsel|nativity|stocking|jingle|holly|mistletoe|noel|winter|sleigh|snow|tree decoration|goose feather tree|crackers?|scottie dogs?|icicles?|angel",
  ),
  rule(
    "Easter & Spring",
    "easter|chicks?|egg hunt|bunn(?:y|ies)|spring|eggs? (?:warmer|in)|hen|duckling|rabbit decoration|daffodil",
  ),
  rule("Cushions & Textiles", "cushion(?: cover)?s?|string curtain|curtain|throw|quilt|filler pad|pouffe"),
  rule("Gift Wrap", "wrap|gift wrap|wrapping paper|ribbons?|gift (?:bag|tape)|tissue ream"),
  rule(
    "Bath & Wellbeing",
    "hot water bottle|bath sponge|(?<!tea )towels?|flannel|washbag|cosmetics? bag|hand warmer|tissues|toilet sign|bathroom \\w+|plasters",
  ),
  rule(
    "Home Decor",
    "(?:metal |door |hanging )?signs?|wall art|(?:wall |alarm )?clocks?|wall mirror|photo frames?|picture frames?|number tile|key (?:ring|fob)s?|keyring|drawer knob|knob|door hanger|mirror mobile|fly swat|plaque|hook",
  ),
  rule(
    "Kitchen & Baking",
    "oven (?:glove|mitt)s?|tea towels?|apron|lunch box|cake (?:stand|tins?|cases)|chopping board|food cover|kitchen scales|recipe|teapot|jam jar|baking|frying pan|cafetiere|cutlery",
  ),
  rule("Candles & Lights", "t-light(?: holder)?s?|candles?|incense|lanterns?|lights?|lampshade|candlestick"),
  rule(
    "Bags & Travel",
    "(?:lunch|jumbo|charlotte|shopper|shopping|tote|shoulder|cabin|party|airline|picnic) bag|jumbo bag|purse|wallet|umbrella|handbag|luggage tag|passport cover",
  ),
  rule(
    "Garden",
    "parasol|artificial flower|birdhouse|bird house|bird feeder|thermometer|planter|watering can|plant holder",
  ),
  rule("Stationery & Cards", "card|cards|notebooks?|pencils?|sticker sheet|stickers|memo ?board|magnets"),
  rule("Children", "soft toy|jigsaw|doll|skittles|money box|money bank"),
  rule(
    "Tableware",
    "mugs?|beakers?|placemats?|breakfast set|egg cup|teacup|(?:pudding|jam|dog) bowl|breakfast tray|paper (?:cups|plates|napkins)|milk jug|saucer",
  ),
  rule(
    "Storage",
    "trinket (?:box|pot|tray)|storage (?:box|tin|bag)|tissue box|drawers?|cabinet|egg basket|keepsake box|sewing box|key cabinet|coat hanger|letter rack|cupboard|treasure chests?",
  ),
  rule("Cushions & Textiles", "doormat|door ?stop"),
  rule(
    "Jewellery & Hair",
    "necklac\\w*|neckl|n'lace|bracelets?|earrings?|ear ?rings?|rings?(?! purse| binder| pull)|brooch|bangle|charms?|pendant|hair ?\\w*|hairslide|hairband|tiara|anklet|choker|lariat|diamante|beads?(?! curtain)|cufflinks|scarf|gloves?(?! oven)|compact mirror|headband|sunglasses|lip gloss|lipstick|bling|crystal|earmuff|mobile phone|phone charm|studs?|strand|hoop|amethyst|murano|jade|topaz",
  ),
  rule(
    "Bags & Travel",
    "bags?(?= |$)|handbag|tote|purse|wallet|luggage|passport|shopper|backpack|rucksack|satchel|suitcase|holdall|umbrella|washbag|travel|holiday|oyster|wash ?bag|picnic",
  ),
  rule(
    "Candles & Lights",
    "candles?|candle\\w+|t-lights?|tealight|lanterns?|lights?|lamps?|lampshade|chandelier|votive|incense|oil burner|wick|matches|torch|lampstand|disco ball|light ?bulb|citronella|glow|night ?light|fragrance oils?",
  ),
  rule(
    "Party",
    "party|bunting|balloons?|birthday|confetti|honeycomb|garlands?|celebration|paper (?:cups?|plates?|chain|straws?)|straws|invites|streamers?|pennant|cake stand|doil(?:y|ies)|wedding|paper napkins|hats? paper|tattoos|lolly|place settings?|piñata|inflatable|parade|sombrero",
  ),
  rule(
    "Gift Wrap",
    "wrap|wrapping|gift (?:bag|tape|box|tag)s?|ribbons?|bows?|tissue paper|tags?|rosette|gift tape|parcel",
  ),
  rule(
    "Stationery & Cards",
    "cards?(?! holder)|notebooks?|journal|pencils?|pens?|writing|stickers?|stickies|erasers?|rubbers?|sketchbook|address book|pocket book|album|notelets?|calculator|ruler|sharpener|tape|paperweight|stapler|hole punch|memo ?board|memo|letter (?:rack|holder)|postcard|envelopes?|calendar|magazine|bookcover|book|office|magnets?|clipboard|desk|stationery|scrap ?book|stamps?|stencil|note|diary|post-?it|organiser|bookmark|paper ?clips?|filofax|stationary|chalk\\w*|decoupage",
  ),
  rule(
    "Children",
    "children'?s?|child'?s?|childrens|kids?|baby|toys?|dolls?|dolly|jigsaw|puzzles?|game|skittles|skipping|building block|blocks?|spaceboy|dinosaur|teddy|soft toy|playing|ludo|snakes|dominoe?s?|yo-?yo|marbles|robot|nursery|crayons?|monster|pirate|circus|playhouse|cowboys?|puppet|bingo|spinning top|kite|whirl|bubbles|toadstool|boys?|girls?|space|ninja|magic|paint your own|make your own|rattle|charlie|lola|gumball|helicopter|car|pony|rocking|bertie|princess|glider|draughts|chess|croquet|quoits|noughts|trumpet|pop gun|harmonica|tricks?|ping pong|parachute|poppy's|fun|squidgy|dart|slinky|swirly",
  ),
  rule(
    "Craft & Sewing",
    "sewing|knitting|craft|feltcraft|felt ?craft|patch(?:es)?|crochet|buttons?|fabric|embroider\\w*|tape measure|kit|needle|yarn|pins?|haberdashery|scissors?|pinking|thread|make[- ]?(?:it|your)|painting|paint set|colouring|knitted",
  ),
  rule(
    "Kitchen & Baking",
    "kitchen|baking|cake cases?|cakes?|recipe|apron|oven|cookie|cutters?|mould|spoons?|jam|pantry|chopping|tea towels?|whisk|rolling pin|storage jar|jar|scales?|measuring|frying|pan|lunch ?box|snack|bread|biscuits?|butter|salt|pepper|utensils?|cutlery|food cover|microwave|cooking|egg timer|timer|colander|cafetiere|teapot|tea ?cosy|kettle|washing up|peg bag|pegs?|strainer|trivet|sieve|toast|cocktail|corkscrew|bottle opener|wine|funnel|fridge|pizza|cupcake|muffin|ice ?cream|jelly|lunch|flask|fork|knife|knives|grater|spatula|pot holder|herb|chilli|garlic|bottle",
  ),
  rule(
    "Tableware",
    "mugs?|cups?|saucer|plates?|bowls?|jug|glass(?:es)?|tumbler|beakers?|trays?|coasters?|placemats?|napkins?|tea set|coffee|teacup|milk|sugar|goblet|chalice|decanter|dish|egg ?cups?|platter|table ?cloth|tablecloth|tea|table run\\w*|chopsticks|carafe|vase|charger|chopstick|soup|ceramic|sundae|porcelain|pudding|serv\\w*|water set",
  ),
  rule(
    "Garden",
    "garden\\w*|plants?|planter|pots?|watering|bird(?:house|bath| feeder| table| box)?|seeds?|trowel|herb|windmill|gnome|greenhouse|dovecote|parasol|hammock|outdoor|potting|thermometer|trellis|wind ?chimes?|chimes?|kneel\\w*|cactus|cacti|flower ?pot|bee|butterfl\\w*|nest\\w*|feeder|artificial|bulbs?|picnic|deck ?chair|beach|seaside|windbreak|bucket|spade|flower stem|rake|fork|shed|grow|posy|aluminium",
  ),
  rule(
    "Bath & Wellbeing",
    "bath\\w*|soap|towel|flannel|sponge|toothbrush|shower|washroom|toilet|hot water bottle|hottie|hand warmer|warmer|scent\\w*|lavender|balm|cosmetics?|perfume|essential|nail|manicure|plasters|first aid|tissues?|massage|eye mask|sleep\\w*|pill box|lip|beauty|hand cream|pot pour\\w*|slipper|comb|brush|talc|wash|foot|loofah|slippers|bathroom",
  ),
  rule(
    "Cushions & Textiles",
    "cushions?|cushion cover|quilt\\w*|throw|blanket|curtain|rug|doormat|mat|pouffe|duvet|bedspread|towels?|table ?cloth|linen|filler pad|door ?stop|draught|fleece|pillow|bean ?bag|knitted|hammock|tablecloth|slipper|sock|sari|beanbag|deckchair",
  ),
  rule(
    "Storage",
    "storage|box(?:es)?|tins?|baskets?|drawers?|cabinet|shelf|shelves|rack|hooks?|hangers?|tidy|trinket|cupboard|bin|chest|jewellery (?:box|stand)|keepsake|crates?|organiser|holder|case|stand|cases|money ?box|money bank|bank|trunk|container|hamper|peg|canister|caddy|unit|pot|bottles?|tub|trough|key cabinet|umbrella stand|stacking",
  ),
  rule(
    "Home Decor",
    "decorations?|wall|signs?|clocks?|mirrors?|frames?|door|hearts?|hanging|mobile|letters?|wreath|figurine|ornament|bird ?cage|knobs?|number|tile|key ring|keyring|key|picture|art|metal|wooden|wood|zinc|vintage|antique|photo|plaque|statue|chair|table|stool|radio|telephone|phone|screen|ashtray|flowers?|bell|house|home|iron|fan|chalkboard|blackboard|canvas|ladder|furniture|bust|lavender|doily|crystal|glitter|sculpture|shell|ball|decorative|pearl|rose|feather|drop|heart",
  ),
];

const bySkuStart: readonly (readonly [RegExp, Family])[] = [
  [/^(?:9|901)/, "Jewellery & Hair"],
  [/^(?:10|16)/, "Stationery & Cards"],
  [/^(?:17|72)/, "Candles & Lights"],
  [/^(?:35|37)/, "Home Decor"],
];

/** The families of a product, main family first. Never empty: what no rule knows is home decor. */
export function familiesOf(sku: string, title: string): readonly Family[] {
  const met = rules.filter(([, words]) => words.test(title)).map(([family]) => family);
  const main = met[0] ?? bySkuStart.find(([start]) => start.test(sku))?.[1] ?? "Home Decor";
  return [main, ...[...new Set(met)].filter((family) => family !== main).slice(0, 2)];
}

function rule(family: Family, words: string): readonly [Family, RegExp] {
  return [family, new RegExp(`(?<![\\w'-])(?:${words})(?![\\w'])`, "i")];
}
