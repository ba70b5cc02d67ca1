using System.Text;
using Loxi.Linux.Files;
using Loxi.Linux.Sysctls;
using Loxi.Nat.Interfaces;

namespace Loxi.Node.Composition;

/// <summary>
/// The settings that forwarding needs: set, written down in the state directory, and put back by <c>--purge</c>; or only checked with
/// <c>--no-sysctl</c>.
/// </summary>
internal sealed partial class NodeSysctls(string stateDirectory, bool checkOnly, ILogger logger) : IDisposable
{
    private const string ReversePathOfAll = "net/ipv4/conf/all/rp_filter";
    private readonly ILogger _logger = logger;
    private readonly string _file = Path.Combine(stateDirectory, "sysctls.json");
    private readonly Lock _gate = new();
    private readonly List<string> _wrong = [];
    private SysctlScope _scope = new();
    private string? _saved;

    private static (string Key, string Value)[] Global => [("net/ipv4/ip_forward", "1"), ("net/ipv6/conf/all/forwarding", "1")];

    /// <summary>Takes over what an earlier process wrote down, then sets or checks what the whole node needs.</summary>
    /// <exception cref="InvalidOperationException">With <c>--no-sysctl</c>: a setting is not as needed. Names each.</exception>
    public void Start()
    {
        if (checkOnly)
        {
            foreach (var (key, value) in Global)
            {
                Check(key, value);
            }

            ThrowIfWrong();
            return;
        }

        lock (_gate)
        {
            if (File.Exists(_file))
            {
                _scope = Load();
            }

            Set(Global);
        }
    }

    /// <summary>
    /// What an interface needs: packets that the balancer has translated and left to the kernel may come from a VIP of this node, and
    /// answers may come in elsewhere than requests went out. On <c>lo</c>, which is attached for what goes out: an answer to a packet that
    /// was refused there comes in by <c>lo</c>, from the VIP.
    /// </summary>
    public void OnAttached(AttachedInterface attached)
    {
        var reversePath = Sysctl.InterfaceKey("net/ipv4/conf", attached.Name, "rp_filter");
        var acceptLocal = Sysctl.InterfaceKey("net/ipv4/conf", attached.Name, "accept_local");
        lock (_gate)
        {
            if (checkOnly)
            {
                CheckReversePath(reversePath);
                Check(acceptLocal, "1");
                return;
            }

            // The larger of this and the one for all interfaces counts: where that is strict (1), loose (2) here is what is left.
            Set((reversePath, Sysctl.TryRead(ReversePathOfAll, out var all) && all != "0" ? "2" : "0"), (acceptLocal, "1"));
        }
    }

    /// <summary>Says what has been found wrong so far; nothing without <c>--no-sysctl</c>.</summary>
    /// <exception cref="InvalidOperationException">A setting is not as needed. Names each.</exception>
    public void ThrowIfWrong()
    {
        lock (_gate)
        {
            if (_wrong.Count > 0)
            {
                throw new InvalidOperationException($"--no-sysctl is given and {string.Join("; ", _wrong)}.");
            }
        }
    }

    /// <summary>Puts everything back that was changed and not changed by others since.</summary>
    public void Restore()
    {
        lock (_gate)
        {
            if (File.Exists(_file))
            {
                using var written = Load();
                written.Restore();
                File.Delete(_file);
            }
        }
    }

    /// <summary>Leaves the settings as they are: they belong to the data plane, which goes on.</summary>
    public void Dispose()
    {
        _scope.Keep();
        _scope.Dispose();
    }

    private SysctlScope Load()
    {
        try
        {
            return SysctlScope.Deserialize(File.ReadAllText(_file));
        }
        catch (FormatException e)
        {
            throw new IOException($"{_file}: {e.Message} Expected what this program wrote there; without the file the settings stay as they are.", e);
        }
    }

    private void Check(string key, string expected)
    {
        if (Sysctl.TryRead(key, out var value) && value != expected)
        {
            Note($"{key} is {value}, expected {expected}");
        }
    }

    private void CheckReversePath(string key)
    {
        if (Sysctl.TryRead(key, out var own) && Sysctl.TryRead(ReversePathOfAll, out var all)
            && (own, all) is ("1", "0" or "1") or ("0", "1"))
        {
            Note($"{key} is {own} and {ReversePathOfAll} is {all}, expected 0 in both or 2 in one");
        }
    }

    private void Note(string wrong)
    {
        _wrong.Add(wrong);
        LogWrong(wrong);
    }

    /// <summary>What the settings were is on disk before the kernel is touched: a process that is killed in between loses nothing.</summary>
    private void Set(params (string Key, string Value)[] settings)
    {
        // IPv6 may be off; an interface may be gone again.
        var changes = settings.Where(s => Sysctl.TryRead(s.Key, out _) && _scope.Remember(s.Key, s.Value)).ToArray();
        Save();
        foreach (var (key, value) in changes)
        {
            if (Sysctl.TryRead(key, out var before) && _scope.Set(key, value))
            {
                LogSet(key, before, value);
            }
        }
    }

    private void Save()
    {
        var text = _scope.Serialize();
        if (text == _saved)
        {
            return;
        }

        Directory.CreateDirectory(stateDirectory);
        using (var stream = new FileStream(_file + ".tmp", FileMode.Create, FileAccess.Write))
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }

        File.Move(_file + ".tmp", _file, overwrite: true);
        DirectorySync.Flush(stateDirectory);
        _saved = text;
    }

    [LoggerMessage(8010, LogLevel.Information, "Sysctl {Key} was {Before}, now {After}")]
    private partial void LogSet(string key, string before, string after);

    [LoggerMessage(8011, LogLevel.Error, "--no-sysctl is given and {Wrong}: packets that the kernel forwards for the balancer may be lost")]
    private partial void LogWrong(string wrong);
}
