using Loxi.Nat.KernelCheck;

// Loads every object file given and reports what the verifier of this kernel says.
// Exit codes: 0 all accepted, 1 the kernel refused at least one, 2 a file could not be read or the call was wrong.
if (args.Length == 0)
{
    Console.Error.WriteLine("usage: Loxi.Nat.KernelCheck FILE.bpf.o [FILE.bpf.o ...]");
    return 2;
}

Console.WriteLine($"kernel {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}");
Libbpf.LogWarningsTo(Console.Out);

var result = 0;
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
        result = Math.Max(result, report.Accepted ? 0 : 1);
    }
    catch (Exception exception) when (exception is LibbpfException or InvalidDataException)
    {
        Console.Error.WriteLine($"{path}: {exception.Message}");
        result = 2;
    }
}

return result;
