using System.Globalization;
using Loxi.Ebpf.Native;

namespace Loxi.Nat.KernelCheck;

/// <summary>What became of one object file.</summary>
/// <param name="Path">The file.</param>
/// <param name="Programs">Every program that the kernel accepted.</param>
/// <param name="Refusal">Why the load failed; null when it did not.</param>
internal sealed record ObjectReport(string Path, IReadOnlyList<ProgramReport> Programs, EbpfException? Refusal)
{
    // A refused program's log can have a million lines; the reason stands at its end.
    private const int LogLines = 60;

    public bool Accepted => Refusal is null;

    public void WriteTo(TextWriter writer)
    {
        writer.WriteLine($"{System.IO.Path.GetFileName(Path)}: {(Accepted ? "accepted" : "refused")}");
        foreach (var program in Programs)
        {
            writer.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {program.Name}: loaded in {program.Duration.TotalMilliseconds:0} ms, {program.VerifiedInstructions} instructions verified, {program.TranslatedBytes / 8} loaded, {program.JitedBytes} bytes of machine code"));
        }

        if (Refusal is not null)
        {
            WriteRefusal(writer, Refusal);
        }
    }

    private static void WriteRefusal(TextWriter writer, EbpfException refusal)
    {
        writer.WriteLine($"  {refusal.Message.Split('\n')[0]}");
        if (refusal.VerifierLog is { Length: > 0 } log)
        {
            var lines = log.TrimEnd().Split('\n');
            writer.WriteLine($"  last {Math.Min(LogLines, lines.Length)} of {lines.Length} lines of the verifier log:");
            foreach (var line in lines.TakeLast(LogLines))
            {
                writer.WriteLine($"    {line}");
            }
        }
    }
}
