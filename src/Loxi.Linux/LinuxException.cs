namespace Loxi.Linux;

/// <summary>A system call failed: says which operation, on what, and with which error number.</summary>
public class LinuxException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="operation">What was attempted, for example <c>open network namespace</c>.</param>
    /// <param name="errorNumber">The positive error number (<see cref="Errno"/>), or 0 when the failure is not one of the kernel's.</param>
    /// <param name="subject">What it was attempted on: a name, a path, a route; or null.</param>
    /// <param name="detail">More that is known, for example the kernel's own text; or null.</param>
    public LinuxException(string operation, int errorNumber, string? subject = null, string? detail = null)
        : base(Compose(operation, errorNumber, subject, detail))
    {
        Operation = operation;
        ErrorNumber = errorNumber;
        Subject = subject;
        Detail = detail;
    }

    /// <summary>What was attempted.</summary>
    public string Operation { get; }

    /// <summary>The positive error number (<see cref="Errno"/>), or 0 when the failure is not one of the kernel's.</summary>
    public int ErrorNumber { get; }

    /// <summary>What the operation was attempted on, or null.</summary>
    public string? Subject { get; }

    /// <summary>More that is known, for example the kernel's own text; or null.</summary>
    public string? Detail { get; }

    private static string Compose(string operation, int errorNumber, string? subject, string? detail)
    {
        ArgumentNullException.ThrowIfNull(operation);
        var text = subject is null ? operation : $"{operation} '{subject}'";
        if (errorNumber != 0)
        {
            text += $": {Errno.Describe(errorNumber)} (errno {errorNumber})";
        }

        return detail is null ? text : $"{text}: {detail}";
    }
}
