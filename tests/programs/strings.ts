// Strings, arrays and maps, which the garbage collector frees.

class Word {
  constructor(public text: string, public count: i32) {}
}

const counts = new Map<string, i32>();
for (let i = 0, words = "the cat and the dog and the bird".split(" "); i < words.length; i++) {
  counts.set(words[i], (counts.has(words[i]) ? counts.get(words[i]) : 0) + 1);
}
const words: Word[] = [];
for (let i = 0, keys = counts.keys(); i < keys.length; i++) words.push(new Word(keys[i], counts.get(keys[i])));
words.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
for (let i = 0; i < words.length; i++) console.log(words[i].text + " " + words[i].count.toString());

let line = "";
for (let i = 0; i < 100; i++) line += i.toString();
console.log(line.length.toString() + " characters, " + line.substring(180));
console.log("Größe 灯 💡".toUpperCase() + " " + "a,b,,c".split(",").join("|") + " " + "abc".indexOf("c").toString());
console.log((1.5).toString() + " " + parseInt("0x1f").toString() + " " + f64.parse("2.25").toString());
let length = 0;
for (let i = 0; i < 200; i++) length += ("x".repeat(100) + i.toString()).length;
console.log(length.toString());
process.exit(4);
