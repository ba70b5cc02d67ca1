using System.Text;
using Loxi.Linux.Namespaces;

namespace Loxi.Linux.Sysctls;

/// <summary>
/// Kernel settings below /proc/sys. A key is written with slashes (<c>net/ipv4/ip_forward</c>), so that interface names with dots stay
/// whole (<c>net/ipv4/conf/eth0.100/rp_filter</c>). Keys below <c>net/</c> belong to a network namespace.
/// </summary>
public static class Sysctl
{
    private const string Root = "/proc/sys/";

    /// <summary>The key of a setting of one interface, checked so that the name cannot lead elsewhere.</summary>
    /// <param name="table">For example <c>net/ipv4/conf</c> or <c>net/ipv6/neigh</c>.</param>
    /// <param name="interfaceName">An interface name, or <c>all</c> or <c>default</c>.</param>
    /// <param name="setting">For example <c>rp_filter</c>.</param>
    /// <returns>The key.</returns>
    /// <exception cref="ArgumentException">A part is empty, "." or "..", or the name or setting has a slash in it.</exception>
    public static string InterfaceKey(string table, string interfaceName, string setting)
    {
        ArgumentNullException.ThrowIfNull(interfaceName);
        ArgumentNullException.ThrowIfNull(setting);
        if (interfaceName.Contains('/', StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{interfaceName}' is not an interface name: expected no '/'.", nameof(interfaceName));
        }

        if (setting.Contains('/', StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{setting}' is not a setting: expected no '/'.", nameof(setting));
        }

        var key = $"{table}/{interfaceName}/{setting}";
        CheckKey(key);
        return key;
    }

    /// <summary>Reads a setting.</summary>
    /// <param name="key">The key, with slashes.</param>
    /// <param name="networkNamespace">The namespace; null for that of the calling thread.</param>
    /// <returns>The value without the closing newline; parts of a list are separated by tabs.</returns>
    /// <exception cref="ArgumentException">The key is not one.</exception>
    /// <exception cref="LinuxException">There is no such setting, or it may not be read.</exception>
    public static string Read(string key, NetworkNamespace? networkNamespace = null)
    {
        CheckKey(key);
        return In(networkNamespace, () => ReadHere(key, out var error) ?? throw new LinuxException("read sysctl", error, key));
    }

    /// <summary>Reads a setting where it exists.</summary>
    /// <param name="key">The key, with slashes.</param>
    /// <param name="value">The value without the closing newline; null where the setting does not exist.</param>
    /// <param name="networkNamespace">The namespace; null for that of the calling thread.</param>
    /// <returns>False when there is no such setting.</returns>
    /// <exception cref="ArgumentException">The key is not one.</exception>
    /// <exception cref="LinuxException">It exists and may not be read.</exception>
    public static bool TryRead(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value, NetworkNamespace? networkNamespace = null)
    {
        CheckKey(key);
        value = In(networkNamespace, () =>
        {
            var text = ReadHere(key, out var error);
            return text is not null || error == Errno.ENOENT ? text : throw new LinuxException("read sysctl", error, key);
        });
        return value is not null;
    }

    /// <summary>Writes a setting.</summary>
    /// <param name="key">The key, with slashes.</param>
    /// <param name="value">The value, without newline.</param>
    /// <param name="networkNamespace">The namespace; null for that of the calling thread.</param>
    /// <exception cref="ArgumentException">The key is not one, or the value is empty or has a newline in it.</exception>
    /// <exception cref="LinuxException">There is no such setting, it may not be written, or the kernel refuses the value.</exception>
    public static void Write(string key, string value, NetworkNamespace? networkNamespace = null)
    {
        CheckKey(key);
        ArgumentException.ThrowIfNullOrEmpty(value);
        if (value.Contains('\n', StringComparison.Ordinal))
        {
            throw new ArgumentException($"The value for {key} has a newline in it.", nameof(value));
        }

        In(networkNamespace, () => WriteHere(key, value));
    }

    internal static void CheckKey(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (!key.Contains('/', StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{key}' is not a sysctl key: expected slashes, for example net/ipv4/ip_forward.", nameof(key));
        }

        foreach (var part in key.Split('/'))
        {
            if (part.Length == 0 || part is "." or ".." || part.Contains('\0', StringComparison.Ordinal))
            {
                throw new ArgumentException($"'{key}' is not a sysctl key: its part '{part}' is empty, '.', '..' or has NUL in it.", nameof(key));
            }
        }
    }

    private static T In<T>(NetworkNamespace? networkNamespace, Func<T> action) => networkNamespace is null ? action() : networkNamespace.Run(action);

    private static unsafe string? ReadHere(string key, out int error)
    {
        // A descriptor and plain reads: /proc/sys picks the namespace of the thread that opens, and reports no length.
        using var file = Interop.Libc.Open(Root + key, Interop.Libc.ORdonly);
        if (file.IsInvalid)
        {
            error = Interop.Libc.LastError;
            return null;
        }

        var text = new StringBuilder();
        var buffer = stackalloc byte[4096];
        while (true)
        {
            var count = Interop.Libc.Read(file, buffer, 4096);
            if (count <= 0)
            {
                error = count < 0 ? Interop.Libc.LastError : 0;
                return count < 0 ? null : text.ToString().TrimEnd('\n');
            }

            text.Append(Encoding.UTF8.GetString(buffer, (int)count));
        }
    }

    private static unsafe bool WriteHere(string key, string value)
    {
        using var file = Interop.Libc.Open(Root + key, Interop.Libc.OWronly);
        if (file.IsInvalid)
        {
            throw Interop.Libc.Failure("write sysctl", key, $"value '{value}'");
        }

        var bytes = Encoding.UTF8.GetBytes(value);
        fixed (byte* first = bytes)
        {
            var written = Interop.Libc.Write(file, first, (nuint)bytes.Length);
            if (written != bytes.Length)
            {
                throw written < 0
                    ? Interop.Libc.Failure("write sysctl", key, $"value '{value}'")
                    : new LinuxException("write sysctl", 0, key, $"only {written} bytes of value '{value}' were taken");
            }
        }

        return true;
    }
}
