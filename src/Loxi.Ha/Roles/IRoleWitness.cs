namespace Loxi.Ha.Roles;

/// <summary>A third party that grants the right to announce to one node at a time (R10): a lease, another node.</summary>
public interface IRoleWitness
{
    /// <summary>Asks for the lease, or for more of it. Does not wait: what comes of it goes to <see cref="RoleCore.WitnessHeld"/>.</summary>
    void Acquire();

    /// <summary>Gives the lease back. Does not wait.</summary>
    void Release();
}
