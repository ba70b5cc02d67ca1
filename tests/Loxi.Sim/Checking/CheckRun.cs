using System.Diagnostics;
using System.Globalization;

namespace Loxi.Sim.Checking;

/// <summary>The model checker from the command line.</summary>
internal static class CheckRun
{
    /// <summary>How far apart terms are told apart where all states are wanted: the next term is one more, so what is two above is not reached by it.</summary>
    public const int Clip = 2;

    /// <summary>Visits all states, or those to a depth, and prints what was found.</summary>
    /// <param name="options">What the command line says.</param>
    /// <returns>The exit code.</returns>
    public static int Run(SimOptions options)
    {
        var nodes = options.Check!.Value;
        Model Start() => new(nodes, options.Rules, options.Events, options.Times);
        var clip = options.Depth is null ? Clip : int.MaxValue;
        var watch = Stopwatch.StartNew();
        var checker = new Checker(Start, options.Depth ?? int.MaxValue, int.MaxValue, options.Faults, clip)
        {
            Progress = (c, open) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  depth {c.Depth,3}: {c.States,12:N0} states, {open,11:N0} of them new, {c.Transitions,13:N0} transitions, {watch.Elapsed.TotalSeconds:0} s")),
        };
        checker.Run();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{nodes} nodes: {checker.States:N0} states, depth {checker.Depth}, {checker.Transitions:N0} transitions, {(checker.Exhausted ? "complete" : "not complete")}, {checker.Transitions / watch.Elapsed.TotalSeconds:N0} a second, {Environment.WorkingSet >> 20:N0} MiB"));
        if (checker.Violation is not { } trace)
        {
            Console.WriteLine("no invariant is broken");
            return 0;
        }

        Console.WriteLine(checker.What);
        Console.WriteLine(Picture.Of(Start, trace, clip));
        return 1;
    }
}
