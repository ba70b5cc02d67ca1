using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Loxi.Nat.KernelCheck;

/// <summary>Loads one object file and unloads it again.</summary>
internal static partial class ObjectCheck
{
    // Linux include/linux/bpf_verifier.h: BPF_LOG_LEVEL1 traces, BPF_LOG_STATS adds time and counts. Errors are logged at each.
    private const uint TraceAndStatistics = 1 | 4;
    private const uint StatisticsOnly = 4;

    // A log that overflows fails the load itself before Linux 6.4; memory is taken only as it is written to.
    private const int StatisticsLength = 1 << 20;
    private const int TraceLength = 1 << 26;

    /// <summary>Loads all programs of a file at once; when the kernel refuses, once more with the verifier's trace.</summary>
    /// <exception cref="LibbpfException">The file is no object that libbpf reads.</exception>
    /// <exception cref="InvalidDataException">The object holds no program.</exception>
    public static ObjectReport Run(string path)
    {
        var report = Load(path, StatisticsOnly, StatisticsLength);
        return report.Accepted ? report : Load(path, TraceAndStatistics, TraceLength);
    }

    private static unsafe ObjectReport Load(string path, uint logLevel, int logLength)
    {
        var handle = Libbpf.OpenFile(path, 0);
        if (handle == 0)
        {
            throw new LibbpfException("bpf_object__open_file", Marshal.GetLastPInvokeError());
        }

        var buffers = new List<(nint Program, nint Buffer)>();
        try
        {
            for (var program = Libbpf.NextProgram(handle, 0); program != 0; program = Libbpf.NextProgram(handle, program))
            {
                var buffer = (nint)NativeMemory.AllocZeroed((nuint)logLength);
                buffers.Add((program, buffer));
                Check("bpf_program__set_log_level", Libbpf.SetLogLevel(program, logLevel));
                Check("bpf_program__set_log_buf", Libbpf.SetLogBuffer(program, buffer, (nuint)logLength));
            }

            if (buffers.Count == 0)
            {
                throw new InvalidDataException("the object holds no program; expected at least one");
            }

            var status = Libbpf.Load(handle);
            return new ObjectReport(path, -status, [.. buffers.Select(entry => Describe(entry.Program, entry.Buffer))]);
        }
        finally
        {
            Libbpf.Close(handle);
            foreach (var (_, buffer) in buffers)
            {
                NativeMemory.Free((void*)buffer);
            }
        }
    }

    private static ProgramReport Describe(nint program, nint buffer)
    {
        var log = Marshal.PtrToStringUTF8(buffer) ?? "";
        var descriptor = Libbpf.ProgramDescriptor(program);
        var info = descriptor >= 0 ? Libbpf.Info(descriptor) : default;
        var time = VerificationTime().Match(log);
        return new ProgramReport(
            Libbpf.ProgramName(program),
            descriptor >= 0,
            time.Success ? long.Parse(time.Groups[1].Value, CultureInfo.InvariantCulture) : 0,
            info.VerifiedInstructions,
            info.TranslatedLength,
            info.JitedLength,
            log);
    }

    private static void Check(string operation, int status)
    {
        if (status < 0)
        {
            throw new LibbpfException(operation, -status);
        }
    }

    [GeneratedRegex(@"^verification time (\d+) usec$", RegexOptions.Multiline)]
    private static partial Regex VerificationTime();
}
