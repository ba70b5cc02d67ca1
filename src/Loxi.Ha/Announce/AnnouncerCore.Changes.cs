using Loxi.Linux;
using Loxi.Linux.Netlink;

namespace Loxi.Ha.Announce;

/// <content>Changes of addresses on interfaces.</content>
internal sealed partial class AnnouncerCore
{
    private static string Explain(int error) => error switch
    {
        Errno.EPERM or Errno.EACCES => $"{Errno.Describe(error)}: CAP_NET_ADMIN is missing, or the interface does not take addresses",
        _ => $"{Errno.Describe(error)} (errno {error})",
    };

    private void Add(List<(GroupState Group, AddressState Address, Address Place)> adds, bool isStrict)
    {
        if (adds.Count == 0)
        {
            return;
        }

        var changes = adds.Select(static a => new AddressChange(a.Place)).ToArray();
        var errors = new int[changes.Length];
        try
        {
            // Somebody was faster: the address is there, and not the announcer's.
            var refused = _system.Change(changes, errors) - errors.Count(static e => e == Errno.EEXIST);
            if (refused > 0 && isStrict)
            {
                _addressErrors += refused;
                throw Refusal(adds, errors);
            }
        }
        catch (LinuxException) when (isStrict)
        {
            Undo(changes);
            throw;
        }

        for (var i = 0; i < changes.Length; i++)
        {
            adds[i].Address.IsForeign = errors[i] == Errno.EEXIST;
            var isThere = errors[i] is 0 or Errno.EEXIST;
            _addressesAdded += errors[i] == 0 ? 1 : 0;
            _addressErrors += isThere ? 0 : 1;
            Note(adds[i].Group, adds[i].Address, isThere ? null : Explain(errors[i]));
        }
    }

    private static LinuxException Refusal(List<(GroupState Group, AddressState Address, Address Place)> adds, int[] errors)
    {
        var reasons = adds.Zip(errors).Where(static a => a.Second is not (0 or Errno.EEXIST))
            .Select(static a => $"{a.First.Address.Value} on {a.First.Address.Declared.Interface}: {Explain(a.Second)}").ToArray();
        return new LinuxException(
            "add addresses",
            Array.Find(errors, static e => e is not (0 or Errno.EEXIST)),
            null,
            string.Join("; ", reasons.Take(10)) + (reasons.Length > 10 ? $"; and {reasons.Length - 10} more" : ""));
    }

    /// <summary>Takes back what was added of a batch that failed, at whichever place: the machine is asked what is there.</summary>
    private void Undo(AddressChange[] changes)
    {
        try
        {
            var added = changes.Select(static c => (c.Address.InterfaceIndex, c.Address.Local)).ToHashSet();
            Remove([.. _system.Read().Addresses.Where(a => IsOurs(a) && added.Contains((a.InterfaceIndex, a.Local)))]);
        }
        catch (LinuxException e)
        {
            AnnounceLog.NotRead(_logger, e);
            _isLeftBehind = true;
        }

        // What is left is tried again, where anything is in force; else the next declaration removes it.
        _hasFaults |= _isLeftBehind;
    }

    private int Remove(Address[] addresses)
    {
        if (addresses.Length == 0)
        {
            return 0;
        }

        var errors = new int[addresses.Length];
        try
        {
            _ = _system.Change([.. addresses.Select(static a => new AddressChange(a, IsRemoval: true))], errors);
        }
        catch (LinuxException e)
        {
            AnnounceLog.NotRead(_logger, e);
            _isLeftBehind = true;
            return 0;
        }

        // Gone with its link, or by somebody else's hand: what was wanted.
        var failed = errors.Where(static e => e is not (0 or Errno.EADDRNOTAVAIL or Errno.ENODEV)).ToArray();
        if (failed.Length > 0)
        {
            AnnounceLog.NotRemoved(_logger, failed.Length, Explain(failed[0]));
            _isLeftBehind = true;
        }

        _addressErrors += failed.Length;
        _addressesRemoved += errors.Length - failed.Length;
        return errors.Length - failed.Length;
    }

    /// <summary>Takes the addresses of a group off without a look at the machine, which cannot be had.</summary>
    private void RemoveBlindly(GroupState group)
    {
        var placed = group.Addresses.Where(static a => a is { IsInPlace: true, IsForeign: false, Declared.Interface: not null }).ToArray();
        Remove([.. placed.Select(a => _view.Find(a.Declared.Interface!) is { } link ? Placed(link.Index, a.Value) : default).Where(static a => a.InterfaceIndex != 0)]);
        foreach (var address in placed)
        {
            address.IsInPlace = false;
        }
    }

    private void Note(GroupState group, AddressState address, string? fault)
    {
        if (fault is not null && fault != address.Fault)
        {
            AnnounceLog.NotInPlace(_logger, address.Value.ToString(), group.Name, fault);
        }
        else if (fault is null && address.Fault is not null)
        {
            AnnounceLog.InPlace(_logger, address.Value.ToString(), group.Name);
        }

        address.Fault = fault;
        address.IsInPlace = fault is null;
    }
}
