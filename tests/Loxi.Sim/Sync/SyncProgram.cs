using System.Diagnostics;
using System.Globalization;

namespace Loxi.Sim.Sync;

/// <summary>The command line for tables that are kept alike.</summary>
internal static class SyncProgram
{
    public static int Run(string[] arguments)
    {
        var from = 0UL;
        var isRight = arguments is [_] || (arguments is [_, "--from", var text] && ulong.TryParse(text, CultureInfo.InvariantCulture, out from));
        if (!isRight || !ulong.TryParse(arguments[0], CultureInfo.InvariantCulture, out var count) || count == 0)
        {
            Console.Error.WriteLine($"loxi-sim: --sync '{string.Join(' ', arguments)}': expected a count of seeds, and --from with the first one");
            return 2;
        }

        var watch = Stopwatch.StartNew();
        for (var seed = from; seed < from + count; seed++)
        {
            if (SyncSimulator.Run(SyncScenario.Of(seed)).Violation is not null)
            {
                Console.WriteLine(SyncSimulator.Report(seed));
                Console.WriteLine($"again: ./test.sh sim --sync 1 --from {seed}");
                return 1;
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} seeds of connections, nothing found, {count / watch.Elapsed.TotalSeconds:0} a second; go on with --sync {count} --from {from + count}"));
        return 0;
    }
}
