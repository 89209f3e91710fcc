/**
 * Free text whose content words a shop's catalogue does not have, and the title words that what it asks for
 * carries: written from the list of the demo's title words alone, before anything was ranked by meaning, and
 * not changed since. Nothing is chosen by them; `developing.ts` has the texts for that.
 *
 * A case is right when, of the first ten items, at least three carry an expected word (or another form of it
 * with the same stem), and when these are at least three times as many as ten random items have on average,
 * and more than the ten most popular items have.
 */

export interface MeaningCase {
  readonly text: string;
  /** Words of titles, lower case; other forms with the same stem count too. */
  readonly expected: readonly string[];
}

export const rule = { first: 10, leastCarrying: 3, timesRandom: 3 } as const;

const cased = (text: string, expected: string): MeaningCase => ({ text, expected: expected.split(" ") });

/** What a person may say about themselves at the start. */
export const onboardingCases: readonly MeaningCase[] = [
  cased(
    "we expect a newborn, the infant arrives soon",
    "baby bib nursery child children kids kid toy rattle teddy playhouse",
  ),
  cased("astronomy, galaxies and astronauts", "space spaceboy spaceman rocket planet star moon"),
  cased("I adore felines", "cat kitty kittens"),
  cased("we have a labrador and a poodle", "dog doggy puppies scottie scotty"),
  cased(
    "horticulture, seedlings and my allotment",
    "garden gardeners plant planter herb watering trowel seed potting grow flowerpot wheelbarrow secateurs rake",
  ),
  cased("espresso, cappuccino and caffeine", "coffee mug cup tea cafe teapot teacup saucer frappucino"),
  cased(
    "desserts and muffins",
    "cake cupcake pudding chocolate sundae doughnut biscuit cookie baking jelly cakestand pancake fondant gingerbread candy",
  ),
  cased(
    "sunbathing, sunshine and swimming",
    "beach summer sunglasses parasol seaside pool sand hammock sunset inflatable",
  ),
  cased("vacations abroad and flights", "travel luggage passport airline holiday travelogue backpack"),
  cased("photography, cameras and snapshots", "photo photoframe picture frame album"),
  cased("gothic skeletons and vampires", "skull crossbones bone ghost witch halloween blood monster creepy"),
  cased("insects and spiders", "butterfly butterflies bee beetles ladybird dragonfly crawlies crawlie"),
  cased(
    "tailoring and haberdashery, I am a seamstress",
    "sewing ribbon lace button fabric knitting crochet needle embroidered embroidery felt patchwork quilt trim wool",
  ),
  cased("casinos, poker and gambling", "vegas playing dominoes monte carlo game bingo skittles ludo"),
  cased(
    "yoga and meditation",
    "incense buddha calm namaste relax tranquility feng shui spirit exercise sandalwood peace jasmine",
  ),
  cased(
    "freezing winters, always shivering",
    "hot warmer glove mittens scarf hottie snow snowflake snowmen snowy wool woolly muff icicle ice frost snowstorm",
  ),
  cased(
    "orchids, tulips and petals",
    "flower rose daisy lily poppy blossom peony floral hydrangea chrysanthemum bouquet posy sunflower botanical",
  ),
  cased(
    "the monarchy, palaces and royalty",
    "king queen princess prince regency crowns empire edwardian victorian regal",
  ),
  cased("acrobats, clowns and trapezes", "circus carnival carousel strongman parade"),
  cased(
    "ornithology, sparrows and pigeons",
    "bird owl robin birdhouse birdcage hen duck dove swallow songbird feeder lovebird cockerel goose peacock chicken chick",
  ),
];

/** What a person may look for. */
export const searchCases: readonly MeaningCase[] = [
  cased("something to brew a beverage", "tea coffee teapot mug cup teacup cafe jug"),
  cased("something for a toddler", "baby bib nursery child children kids kid toy rattle teddy playhouse"),
  cased("a timepiece for the hallway", "clock alarm time"),
  cased("wristband or anklet", "bracelet bangle braclet charm"),
  cased(
    "illumination after dusk",
    "light lamp lantern lampshade candle bulb lightbulb chandelier torch led candlestick candleholder",
  ),
  cased("a suitcase for the airport", "luggage bag travel passport backpack handbag airline"),
  cased("bandages for an injury", "plasters aid emergency first poorly nurse doctor medicine"),
  cased("pillows for the sofa", "cushion throw"),
  cased("a diary for my thoughts", "notebook journal notepad sketchbook book calendar pad"),
  cased(
    "detergent and shampoo",
    "soap sponge bath flannel washbag towel toothpaste shower wash washing bathroom",
  ),
  cased(
    "homework for pupils",
    "school pencil pen ruler eraser sharpener notebook calculator rubber crayons chalk chalkboard",
  ),
  cased(
    "beer, whisky or vodka",
    "wine gin cocktail champagne tonic flask booze goblet aperitif tumbler drink opener punch",
  ),
  cased("comfortable footwear", "shoe slipper boot sock stiletto"),
  cased("earthenware and crockery", "bowl plate mug cup ceramic porcelain saucer jug dish pot teapot china"),
  cased("for the bride and groom", "wedding love heart sweetheart romantic cupid"),
  cased("drizzle and thunderstorms", "umbrella rain rainy poncho parasol monsoon"),
  cased("jurassic reptiles", "dinosaur snake lizard gecko dragon"),
  cased("yachts and sailboats", "sailor ocean sea seaside lighthouse ahoy beach island pirate regatta"),
  cased(
    "wardrobe and armchair",
    "table chair stool cabinet cupboard drawer shelf sideboard chest pouffe seat",
  ),
  cased(
    "soccer and hockey",
    "football ping skittles croquet rounders baseball ball racing skipping sporting exercise",
  ),
];
