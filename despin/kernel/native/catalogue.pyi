from despin.decode.candidates import Pieces

class Numbers:
    def __init__(self, making: Pieces) -> None: ...
