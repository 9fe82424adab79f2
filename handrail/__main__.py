"""`python -m handrail`."""

from handrail.cli import main

if __name__ == "__main__":
    main(prog_name="handrail")
