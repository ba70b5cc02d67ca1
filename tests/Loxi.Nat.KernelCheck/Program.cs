using System.Globalization;
using Loxi.Nat.KernelCheck;

// Loads every object file given and reports what the verifier of this kernel says.
// Exit codes: 0 all accepted, 1 the kernel refused at least one, 2 a file could not be read or the call was wrong,
// 3 all accepted, at least one above the limit of verified instructions.
const uint MaxVerifiedInstructions = 200_000;

if (args.Length == 0)
{
    Console.Error.WriteLine("usage: Loxi.Nat.KernelCheck FILE.bpf.o [FILE.bpf.o ...]");
    return 2;
}

Console.WriteLine($"kernel {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}");

var refused = 0;
var large = 0;
foreach (var path in args)
{
    if (!File.Exists(path))
    {
        Console.Error.WriteLine($"{path}: no such file; expected a compiled .bpf.o object");
        return 2;
    }

    try
    {
        var report = ObjectCheck.Run(path);
        report.WriteTo(Console.Out);
        refused += report.Accepted ? 0 : 1;
        foreach (var program in report.Programs.Where(p => p.VerifiedInstructions > MaxVerifiedInstructions))
        {
            large++;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {program.Name}: {program.VerifiedInstructions} instructions verified, expected at most {MaxVerifiedInstructions}"));
        }
    }
    catch (InvalidDataException exception)
    {
        Console.Error.WriteLine($"{path}: {exception.Message}");
        return 2;
    }
}

return refused > 0 ? 1 : large > 0 ? 3 : 0;
