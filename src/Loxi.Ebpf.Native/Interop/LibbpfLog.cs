using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Loxi.Ebpf.Native.Interop;

/// <summary>
/// Captures what libbpf prints on the calling thread. libbpf calls its print callback on the thread that called libbpf,
/// so a capture belongs to one call and captures on other threads do not mix. Without a capture the text is dropped:
/// a library does not write to the console.
/// </summary>
internal static unsafe class LibbpfLog
{
    private const int LevelDebug = 2;

    [ThreadStatic]
    private static StringBuilder? _current;

    public static void Install() => Libbpf.SetPrint(&OnPrint);

    public static StringBuilder Begin() => _current = new StringBuilder();

    public static void End() => _current = null;

    /// <summary>The part that libbpf copied from the kernel verifier, or null when the verifier said nothing.</summary>
    public static string? VerifierPart(string log)
    {
        const string begin = "-- BEGIN PROG LOAD LOG --";
        const string end = "-- END PROG LOAD LOG --";
        int start = log.LastIndexOf(begin, StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        start += begin.Length;
        int stop = log.IndexOf(end, start, StringComparison.Ordinal);
        return (stop < 0 ? log[start..] : log[start..stop]).Trim('\n');
    }

    /// <summary>What libbpf itself said: the captured text without the verifier's part.</summary>
    public static string LibraryPart(string log)
    {
        int verifier = log.LastIndexOf("-- BEGIN PROG LOAD LOG --", StringComparison.Ordinal);
        if (verifier < 0)
        {
            return log.Trim();
        }

        // The mark itself follows "libbpf: prog 'name': " on its line.
        int line = log.LastIndexOf('\n', verifier);
        return line < 0 ? string.Empty : log[..line].Trim();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnPrint(int level, byte* format, void* arguments)
    {
        if (_current is not { } log || level >= LevelDebug)
        {
            return 0;
        }

        // On every 64-bit ABI that .NET supports a va_list argument travels as one pointer.
        byte* text;
        int length = Libc.Vasprintf(&text, format, arguments);
        if (length < 0)
        {
            return 0;
        }

        log.Append(Encoding.UTF8.GetString(text, length));
        Libc.Free(text);
        return length;
    }
}
