using System.Text;
using Loxi.Ebpf.Native.Interop;

namespace Loxi.Ebpf.Native;

/// <summary>
/// The kernel or libbpf refused an eBPF operation. The message names the operation and the error, says which capability is
/// missing when that is the cause, and ends with the last lines of the verifier log when there is one.
/// </summary>
public class EbpfException : Exception
{
    private const int MessageLogLines = 20;

    /// <summary>Creates an exception for a failed operation.</summary>
    /// <param name="operation">What was attempted, naming the object: <c>load program 'count'</c>.</param>
    /// <param name="errno">Positive error number, or 0 when the failure is not an error of the kernel.</param>
    /// <param name="verifierLog">Complete log of the kernel verifier, or null.</param>
    /// <param name="detail">What else is known, for example what libbpf printed; or null.</param>
    public EbpfException(string operation, int errno, string? verifierLog = null, string? detail = null)
        : base(Compose(operation, errno, verifierLog, detail))
    {
        Operation = operation;
        Errno = errno;
        VerifierLog = verifierLog;
    }

    /// <summary>What was attempted.</summary>
    public string Operation { get; }

    /// <summary>Positive Linux error number (4000 and above: libbpf's own), or 0.</summary>
    public int Errno { get; }

    /// <summary>The complete log of the kernel verifier (up to 16 MiB), or null when the verifier was not reached.</summary>
    public string? VerifierLog { get; }

    private static string Compose(string operation, int errno, string? verifierLog, string? detail)
    {
        StringBuilder text = new();
        text.Append("Could not ").Append(operation);
        if (errno != 0)
        {
            text.Append(": ").Append(Interop.Errno.Describe(errno)).Append(" (errno ").Append(errno).Append(')');
        }

        if (errno is Interop.Errno.EPERM)
        {
            text.Append(". The process needs CAP_BPF and CAP_NET_ADMIN (or root), and the kernel must not be locked down");
        }

        if (!string.IsNullOrEmpty(detail))
        {
            text.Append(errno == 0 ? ": " : ". ").Append(detail);
        }

        if (!string.IsNullOrEmpty(verifierLog))
        {
            string[] lines = verifierLog.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            int shown = Math.Min(MessageLogLines, lines.Length);
            text.Append("\nVerifier log, last ").Append(shown).Append(" of ").Append(lines.Length).Append(" lines:\n");
            text.AppendJoin('\n', lines[^shown..]);
        }

        return text.ToString();
    }
}
