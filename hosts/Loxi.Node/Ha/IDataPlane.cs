using Loxi.Nat.Interfaces;

namespace Loxi.Node.Ha;

/// <summary>The programs of this node on its interfaces.</summary>
internal interface IDataPlane
{
    /// <summary>The interfaces off which somebody took them.</summary>
    IReadOnlyList<AttachmentLoss> Losses { get; }

    /// <summary><see cref="Losses"/> are others. On any thread, which waits for the handler.</summary>
    event Action? LossesChanged;
}
