using Loxi.Fuzz;
using Loxi.Ha.Fuzz.Targets;

Dictionary<string, FuzzTarget> targets = new() { ["codec"] = CodecTarget.Run, ["node"] = NodeTarget.Run };
return new FuzzProgram("Loxi.Ha.Fuzz", targets, static (_, seed, corpus) => new Mutator(new Random(seed), corpus, longest: 1400).Next).Run(args);
