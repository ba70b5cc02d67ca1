using System.Diagnostics;
using System.Globalization;
using Loxi.Sim.Checking;

namespace Loxi.Sim;

/// <summary>The command line of the simulator.</summary>
internal static class Program
{
    private const string Usage = """
        loxi-sim --seed N                        one seed: its script, what happened; when an invariant is broken, the smallest script that breaks it
        loxi-sim --seeds COUNT [--from N]        seeds N (default 0) to N + COUNT - 1; ends with the line from which the next chunk goes on
          --progress FILE                        remembers after every 1,000 seeds how far it is; the same call goes on from there
        loxi-sim --walks COUNT [--from N]        random walks N to N + COUNT - 1 of the model checker, with two nodes and with three
        loxi-sim --sync COUNT [--from N]         seeds N to N + COUNT - 1 of nodes that keep connections alike
        loxi-sim --check 2|3                     the model checker with so many nodes, until there are no new states
          --depth N                              or for N rounds
          --faults N                             runs of at most N events
          --times short                          the shortest constants instead of the product's
          --events NAME[,NAME]                   more that can happen, by their names in ModelEvents
          --without RULE[,RULE]                  rules taken out, by their names in RoleRules
          --switch NAME[,NAME]                   faults of the simulated caller, by their names in SimSwitches
          --stop                                 end at the first violation
        Exit codes: 0 nothing found, 1 an invariant is broken, 2 a wrong call.
        """;

    public static int Main(string[] arguments)
    {
        if (arguments is ["--sync", ..])
        {
            return Sync.SyncProgram.Run(arguments[1..]);
        }

        var options = SimOptions.Parse(arguments, out var error);
        if (options is null)
        {
            Console.Error.WriteLine(error);
            Console.Error.WriteLine(Usage);
            return 2;
        }

        if (options.Help)
        {
            Console.WriteLine(Usage);
            return 0;
        }

        try
        {
            return options switch
            {
                { Seed: { } seed } => Replay(seed, options),
                { Check: not null } => CheckRun.Run(options),
                { Walks: { } walks } => Walk(walks, options),
                _ => RunMany(options),
            };
        }
        catch (FormatException e)
        {
            Console.Error.WriteLine(e.Message);
            return 2;
        }
    }

    private static int Walk(ulong count, SimOptions options)
    {
        const ulong chunk = 100_000;
        var watch = Stopwatch.StartNew();
        for (var done = 0UL; done < count; done += chunk)
        {
            for (var nodes = 2; nodes <= 3; nodes++)
            {
                if (Walks.Run(nodes, options.From + done, Math.Min(chunk, count - done), options.Rules) is { } bad)
                {
                    Console.WriteLine($"walk {bad.Walk} with {nodes} nodes: {bad.What}");
                    Console.WriteLine(Picture.Of(() => Walks.Start(nodes, options.Rules), bad.Trace));
                    Console.WriteLine($"again: ./test.sh sim --walks 1 --from {bad.Walk}");
                    return 1;
                }
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} walks of {Walks.Length} rounds with two nodes and as many with three, nothing found, {2 * count / watch.Elapsed.TotalSeconds:0} walks per s; go on with --walks {count} --from {options.From + count}"));
        return 0;
    }

    private static int Replay(ulong seed, SimOptions options)
    {
        var scenario = Scenario.Of(seed);
        var result = Judge(scenario, options, record: true);
        Console.WriteLine(scenario.Describe());
        foreach (var fault in scenario.Faults)
        {
            Console.WriteLine("  " + fault);
        }

        Console.WriteLine(result.Story);
        if (result.What is null)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"no invariant is broken; settled at most {result.Slowest / 100.0:0.00} intervals after a fault; hash {result.Hash:x16}"));
            return 0;
        }

        Report(scenario, result, options);
        return 1;
    }

    private static int RunMany(SimOptions options)
    {
        var coverage = new Coverage();
        var watch = Stopwatch.StartNew();
        var cpu = Environment.CpuUsage.TotalTime;
        var simulated = 0L;
        var broken = new SortedDictionary<string, (int Count, ulong First)>(StringComparer.Ordinal);
        var slowest = 0L;
        var slowestSeed = 0UL;
        var progress = new Progress(options.Progress);
        var first = progress.Read(options.From);
        var seed = first;
        for (; seed < options.From + (ulong)options.Seeds; seed++)
        {
            if ((seed - first) % Progress.Every == 0)
            {
                progress.Write(seed, broken.Values.Sum(static b => b.Count));
            }

            var scenario = Scenario.Of(seed);
            var result = Judge(scenario, options, record: false, coverage);
            simulated += scenario.End;
            if (result.Slowest > slowest)
            {
                slowest = result.Slowest;
                slowestSeed = seed;
            }

            if (result.What is null)
            {
                continue;
            }

            var (count, example) = broken.GetValueOrDefault(result.Invariant!, (0, seed));
            broken[result.Invariant!] = (count + 1, example);
            if (count == 0)
            {
                Report(scenario, result, options);
            }

            if (options.Stop)
            {
                seed++;
                break;
            }
        }

        var seconds = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds;
        var violations = broken.Values.Sum(static b => b.Count);
        progress.Write(seed, violations);
        var runs = seed - first;
        Console.WriteLine(coverage);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"settled at most {slowest / 100.0:0.00} intervals after the last fault (seed {slowestSeed})"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{runs} seeds, {simulated / (double)TimeSpan.TicksPerSecond:0} simulated s in {watch.Elapsed.TotalSeconds:0.0} s ({seconds:0.0} s CPU): {simulated / (double)TimeSpan.TicksPerSecond / seconds:0} simulated s per s and core"));
        foreach (var (name, (count, example)) in broken)
        {
            Console.WriteLine($"{name}: {count} seeds, the first {example}");
        }

        Console.WriteLine($"{violations + progress.Violations} violations; go on with --seeds {options.Seeds} --from {seed}");
        return violations + progress.Violations > 0 ? 1 : 0;
    }

    private static SimResult Judge(Scenario scenario, SimOptions options, bool record, Coverage? coverage = null) =>
        Simulator.Judge(scenario, options.Rules, options.Switches, coverage, record, Simulator.Forges(scenario.Seed));

    private static void Report(Scenario scenario, SimResult result, SimOptions options)
    {
        Console.WriteLine($"seed {scenario.Seed} breaks {result.Invariant} at {Fault.Time(result.At).Trim()} s: {result.What}");
        var small = Simulator.Shrink(scenario, s => Judge(s, options, record: false).Invariant == result.Invariant);
        Console.WriteLine("the smallest script found:");
        Console.WriteLine("  " + small.Describe());
        foreach (var fault in small.Faults)
        {
            Console.WriteLine("  " + fault);
        }

        Console.WriteLine(Judge(small, options, record: true).Story);
        Console.WriteLine($"again: ./test.sh sim --seed {scenario.Seed}");
    }
}
