using Loxi.Bgp.Fuzz.Targets;
using Loxi.Fuzz;

return new FuzzProgram("Loxi.Bgp.Fuzz", FuzzTargets.All, static (target, seed, corpus) => new FuzzSource(target, seed, corpus).Next).Run(args);
