using System.Text.Json;
using Loxi.Linux.Namespaces;

namespace Loxi.Linux.Sysctls;

/// <summary>
/// Changes settings and remembers what they were, to put them back: at <see cref="Restore"/> or <see cref="Dispose"/>, or in another process
/// from what <see cref="Serialize"/> gave. A setting that someone else changed meanwhile is left as it is. Not safe for concurrent use.
/// </summary>
public sealed class SysctlScope : IDisposable
{
    private readonly NetworkNamespace? _networkNamespace;
    private readonly List<SysctlChange> _changes = [];

    /// <summary>Starts with nothing changed.</summary>
    /// <param name="networkNamespace">The namespace; null for that of the calling thread. It must outlive the scope.</param>
    public SysctlScope(NetworkNamespace? networkNamespace = null) => _networkNamespace = networkNamespace;

    /// <summary>What was changed and not yet put back, in the order of the first changes.</summary>
    public IReadOnlyList<SysctlChange> Changes => _changes;

    /// <summary>Takes over what another scope, perhaps of a process that is gone, had changed.</summary>
    /// <param name="serialized">The text that <see cref="Serialize"/> gave.</param>
    /// <param name="networkNamespace">The namespace; null for that of the calling thread.</param>
    /// <returns>A scope with these changes.</returns>
    /// <exception cref="FormatException">The text is not of that form.</exception>
    public static SysctlScope Deserialize(string serialized, NetworkNamespace? networkNamespace = null)
    {
        ArgumentNullException.ThrowIfNull(serialized);
        var scope = new SysctlScope(networkNamespace);
        try
        {
            foreach (var change in JsonSerializer.Deserialize(serialized, SysctlJson.Default.SysctlChangeArray) ?? [])
            {
                if (change is null || change.Key is null || change.Before is null || change.After is null)
                {
                    throw new FormatException("A saved sysctl change lacks its key, the value before or the value after.");
                }

                Sysctl.CheckKey(change.Key);
                scope._changes.Add(change);
            }
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new FormatException($"The saved sysctl changes cannot be read: {e.Message}", e);
        }

        return scope;
    }

    /// <summary>Sets a value and remembers the one before. Nothing is written or remembered when the setting has the value already.</summary>
    /// <param name="key">The key, with slashes.</param>
    /// <param name="value">The value.</param>
    /// <returns>True when the setting was changed.</returns>
    /// <exception cref="ArgumentException">The key is not one, or the value is empty or has a newline in it.</exception>
    /// <exception cref="LinuxException">There is no such setting, it may not be written, or the kernel refuses the value.</exception>
    public bool Set(string key, string value)
    {
        var before = Sysctl.Read(key, _networkNamespace);
        if (before == value)
        {
            return false;
        }

        Sysctl.Write(key, value, _networkNamespace);
        Note(key, before, Sysctl.Read(key, _networkNamespace)); // the kernel may normalise
        return true;
    }

    /// <summary>
    /// Remembers a change that <see cref="Set"/> will make, without making it: so that <see cref="Serialize"/> can be saved before the kernel
    /// is touched. Nothing is remembered when the setting has the value already.
    /// </summary>
    /// <param name="key">The key, with slashes.</param>
    /// <param name="value">The value that it will get.</param>
    /// <returns>True when <see cref="Set"/> will change the setting.</returns>
    /// <exception cref="ArgumentException">The key is not one, or the value is empty.</exception>
    /// <exception cref="LinuxException">There is no such setting, or it may not be read.</exception>
    public bool Remember(string key, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        var before = Sysctl.Read(key, _networkNamespace);
        if (before == value)
        {
            return false;
        }

        Note(key, before, value);
        return true;
    }

    /// <summary>Puts everything back, last change first, and forgets it.</summary>
    /// <returns>The changes that were not put back because the setting is gone (with its interface) or was changed by someone else.</returns>
    /// <exception cref="LinuxException">A setting could not be written; it and those before it are kept in <see cref="Changes"/>.</exception>
    public IReadOnlyList<SysctlChange> Restore()
    {
        var left = new List<SysctlChange>();
        while (_changes.Count > 0)
        {
            var change = _changes[^1];
            if (Sysctl.TryRead(change.Key, out var now, _networkNamespace) && now == change.After)
            {
                Sysctl.Write(change.Key, change.Before, _networkNamespace);
            }
            else
            {
                left.Add(change);
            }

            _changes.RemoveAt(_changes.Count - 1);
        }

        return left;
    }

    /// <summary>Forgets the changes without putting them back: another process will.</summary>
    public void Keep() => _changes.Clear();

    /// <summary>The changes as text for <see cref="Deserialize"/>.</summary>
    /// <returns>JSON: an array of objects with key, before and after.</returns>
    public string Serialize() => JsonSerializer.Serialize([.. _changes], SysctlJson.Default.SysctlChangeArray);

    /// <summary>Puts everything back; see <see cref="Restore"/>.</summary>
    /// <exception cref="LinuxException">A setting could not be written.</exception>
    public void Dispose() => Restore();

    private void Note(string key, string before, string after)
    {
        var index = _changes.FindIndex(change => change.Key == key);
        if (index >= 0)
        {
            _changes[index] = _changes[index] with { After = after };
        }
        else
        {
            _changes.Add(new SysctlChange(key, before, after));
        }
    }
}
