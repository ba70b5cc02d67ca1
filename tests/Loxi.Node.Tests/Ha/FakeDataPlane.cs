using Loxi.Nat.Interfaces;
using Loxi.Node.Ha;

namespace Loxi.Node.Tests.Ha;

/// <summary>Interfaces whose programs a test takes off.</summary>
internal sealed class FakeDataPlane : IDataPlane
{
    public event Action? LossesChanged;

    public IReadOnlyList<AttachmentLoss> Losses { get; private set; } = [];

    public bool IsWatched => LossesChanged is not null;

    public void Set(params AttachmentLoss[] losses)
    {
        Losses = losses;
        LossesChanged?.Invoke();
    }
}
