using System.Diagnostics.CodeAnalysis;

namespace Loxi.Nat.Interfaces;

/// <summary>
/// A block is matched with the mark of a packet, which XDP comes too early for: services with a block and interfaces with XDP exclude each
/// other. Who comes first stays; both ask here before they do anything. May be called from any thread.
/// </summary>
internal sealed class BlocksOrXdp
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, string> _interfaces = [];
    private bool _blocks;

    /// <summary>Whether an interface may have XDP; if so no service gets a block until <see cref="LeaveXdp"/>.</summary>
    public bool TryUseXdp(int interfaceIndex, string name)
    {
        lock (_gate)
        {
            if (!_blocks)
            {
                _interfaces[interfaceIndex] = name;
            }

            return !_blocks;
        }
    }

    public void LeaveXdp(int interfaceIndex)
    {
        lock (_gate)
        {
            _interfaces.Remove(interfaceIndex);
        }
    }

    /// <summary>Whether services may have blocks; if so no interface gets XDP until <see cref="SetBlocks"/> says that none has.</summary>
    /// <param name="interfaceName">An interface that stands in the way.</param>
    public bool TryUseBlocks([NotNullWhen(false)] out string? interfaceName)
    {
        lock (_gate)
        {
            interfaceName = _interfaces.Values.FirstOrDefault();
            _blocks |= interfaceName is null;
            return interfaceName is null;
        }
    }

    /// <summary>Whether there are services with blocks now.</summary>
    public void SetBlocks(bool blocks)
    {
        lock (_gate)
        {
            _blocks = blocks;
        }
    }
}
