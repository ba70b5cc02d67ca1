using System.Globalization;
using System.Runtime.InteropServices;

namespace Loxi.Nat.KernelCheck;

/// <summary>What became of one object file.</summary>
/// <param name="Path">The file.</param>
/// <param name="Errno">0 when every program was accepted, else why the load failed.</param>
/// <param name="Programs">Every program of the file.</param>
internal sealed record ObjectReport(string Path, int Errno, IReadOnlyList<ProgramReport> Programs)
{
    // A refused program's log can have a million lines; the reason stands at its end.
    private const int LogLines = 60;

    public bool Accepted => Errno == 0;

    public void WriteTo(TextWriter writer)
    {
        var verdict = Accepted ? "accepted" : $"refused: {Marshal.GetPInvokeErrorMessage(Errno)} (errno {Errno})";
        writer.WriteLine($"{System.IO.Path.GetFileName(Path)}: {verdict}");
        foreach (var program in Programs)
        {
            if (program.Loaded)
            {
                writer.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {program.Name}: verified in {program.VerificationMicroseconds / 1000.0:0.0} ms, {program.VerifiedInstructions} instructions walked, {program.TranslatedBytes / 8} loaded, {program.JitedBytes} bytes of machine code"));
            }
            else if (program.Log.Length > 0)
            {
                WriteLog(writer, program);
            }
            else if (!Accepted)
            {
                writer.WriteLine($"  {program.Name}: not loaded");
            }
        }
    }

    private static void WriteLog(TextWriter writer, ProgramReport program)
    {
        var lines = program.Log.TrimEnd().Split('\n');
        writer.WriteLine($"  {program.Name}: refused; last {Math.Min(LogLines, lines.Length)} of {lines.Length} lines of the verifier log:");
        foreach (var line in lines.TakeLast(LogLines))
        {
            writer.WriteLine($"    {line}");
        }
    }
}
