namespace Loxi.Linux.Netlink;

/// <summary>
/// The kernel refused a netlink request, or a netlink message was malformed (<see cref="LinuxException.ErrorNumber"/> is then
/// <see cref="Errno.EBADMSG"/>). <see cref="LinuxException.Detail"/> is the kernel's own text (extended acknowledgement, since Linux 4.12) when it gave one.
/// </summary>
public sealed class NetlinkException : LinuxException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="operation">What was attempted, for example <c>add route</c>.</param>
    /// <param name="errorNumber">The positive error number.</param>
    /// <param name="subject">The object it was attempted on, or null.</param>
    /// <param name="detail">The kernel's text, or what was malformed; or null.</param>
    public NetlinkException(string operation, int errorNumber, string? subject = null, string? detail = null)
        : base(operation, errorNumber, subject, detail)
    {
    }

    internal static NetlinkException Malformed(string what, string detail) => new("parse netlink", Errno.EBADMSG, what, detail);
}
